import type { ProblemRows } from '../platform/values/problem.ts'
import texts from './texts.json' with { type: 'json' }

const { problems } = texts

/** A scoring model is missing, unfit, or not in a state for what was asked. */
export const MODELS_PROBLEMS = {
  'model-missing': { status: 409, ...problems['model-missing'] },
  'model-version-missing': { status: 409, ...problems['model-version-missing'] },
  'model-published': { status: 409, ...problems['model-published'] },
  'model-step-closed': { status: 409, ...problems['model-step-closed'] },
  'pmml-unfit': { status: 422, ...problems['pmml-unfit'] },
  'model-text-unfit': { status: 422, ...problems['model-text-unfit'] },
  'model-form': { status: 409, ...problems['model-form'] },
  'model-inputs-unavailable': { status: 409, ...problems['model-inputs-unavailable'] },
  'model-unfit': { status: 422, ...problems['model-unfit'] }
} as const satisfies ProblemRows

type ModelsProblems = typeof MODELS_PROBLEMS
declare module '../platform/values/problem.ts' {
  interface ProblemCatalogue extends ModelsProblems {}
}
