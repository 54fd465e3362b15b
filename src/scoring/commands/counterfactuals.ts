import type { CompiledModel, FeatureSet } from '../../engine/index.ts'
import { Problem } from '../../platform/values/problem.ts'
import { aside } from '../../platform/work/aside.ts'
import { takingTurns } from '../../platform/work/turns.ts'
import texts from '../texts.json' with { type: 'json' }
import type { Found, Search } from './counterfactual-thread.ts'

const { details } = texts

/**
 * Between two answers decisions have the time to themselves: about thirty are given a second,
 * however many ask.
 */
const turns = takingTurns({ restMs: 25, waitingMax: 200 })

/** Works at a question of this kind when it is its turn. */
export function inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
  const result = turns(work)
  if (result === undefined) throw new Problem('temporary-reduced-capacity', details.tooManyQuestions)
  return result
}

const search = aside<Search, Found>(new URL('./counterfactual-thread.ts', import.meta.url))

const names = new WeakMap<CompiledModel, string>()
let named = 0

/**
 * What would have had to be different for a better outcome. It scores thousands of times, on a
 * thread of its own: decisions do not wait for it.
 */
export async function searchCounterfactuals(
  model: CompiledModel,
  features: FeatureSet,
  asOf: string,
  previousGrade: Search['previousGrade']
): Promise<NonNullable<Found>> {
  const asked = { modelName: nameOf(model), features, asOf, previousGrade }
  const found = (await search(asked)) ?? (await search({ ...asked, model: model.model }))
  if (found === undefined) throw new Error('the thread has the model now')
  return found
}

function nameOf(model: CompiledModel): string {
  const known = names.get(model)
  if (known !== undefined) return known
  named += 1
  const name = `model ${named}`
  names.set(model, name)
  return name
}
