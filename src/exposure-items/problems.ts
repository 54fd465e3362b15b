import type { ProblemRows } from '../platform/values/problem.ts'
import texts from './texts.json' with { type: 'json' }

const { problems } = texts

/** The problems of an exposure item that is not in the right state. */
export const EXPOSURE_ITEMS_PROBLEMS = {
  'exposure-item-closed': { status: 409, ...problems['exposure-item-closed'] },
  'exposure-item-held': { status: 409, ...problems['exposure-item-held'] },
  'exposure-item-below-converted': { status: 409, ...problems['exposure-item-below-converted'] },
  'order-also-held': { status: 409, ...problems['order-also-held'] }
} as const satisfies ProblemRows

type ExposureItemsProblems = typeof EXPOSURE_ITEMS_PROBLEMS
declare module '../platform/values/problem.ts' {
  interface ProblemCatalogue extends ExposureItemsProblems {}
}
