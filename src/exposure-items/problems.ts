import type { ProblemRows } from '../platform/values/problem.ts'

/** The problems of an exposure item that is not in the right state. */
export const EXPOSURE_ITEMS_PROBLEMS = {
  'exposure-item-closed': {
    status: 409,
    title: 'The exposure item is closed',
    remedy: 'To convert it after all, put a higher version of the document first.'
  },
  'exposure-item-held': {
    status: 409,
    title: 'A reservation holds the exposure item',
    remedy: 'Name the check of `checkId` in `convertedFrom` instead, with `final`.'
  },
  'exposure-item-below-converted': {
    status: 409,
    title: 'The item cannot be smaller than what was converted of it',
    remedy: 'First put the document that it became with a smaller `convertedFrom`.'
  },
  'order-also-held': {
    status: 409,
    title: 'The order holds a reservation, and would count twice',
    remedy:
      'Name the check of `checkId` in `convertedFrom` with the amount that the item takes over and `final`, or leave the order to its reservation.'
  }
} as const satisfies ProblemRows

type ExposureItemsProblems = typeof EXPOSURE_ITEMS_PROBLEMS
declare module '../platform/values/problem.ts' {
  interface ProblemCatalogue extends ExposureItemsProblems {}
}
