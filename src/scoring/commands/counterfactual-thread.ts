// The thread that searches for what would improve an assessment.
import {
  type CompiledModel,
  compileModel,
  counterfactuals,
  type FeatureSet,
  type Grade,
  type ScoringModel
} from '../../engine/index.ts'
import { answerTasks } from '../../platform/work/aside.ts'

/** A search, with the model where the thread does not know it by its name yet. */
export interface Search {
  readonly modelName: string
  readonly model?: ScoringModel
  readonly features: FeatureSet
  readonly asOf: string
  readonly previousGrade: Grade | null
}
/** Undefined: the thread does not know the model. */
export type Found = ReturnType<typeof counterfactuals> | undefined

const MODELS_MAX = 20
const models = new Map<string, CompiledModel>()

answerTasks(({ modelName, model, features, asOf, previousGrade }: Search): Found => {
  const compiled = models.get(modelName) ?? (model === undefined ? undefined : compileModel(model))
  if (compiled === undefined) return undefined
  // The one that was asked for last goes last.
  models.delete(modelName)
  models.set(modelName, compiled)
  for (const name of models.keys()) if (models.size > MODELS_MAX) models.delete(name)
  return counterfactuals(compiled, features, asOf, { previousGrade })
})
