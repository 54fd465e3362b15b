import texts from './texts.json' with { type: 'json' }
import type { Wording } from './wording.ts'

/** Grades from best to worst. `D` is default and nothing else: a probability of default of 1. */
export const GRADES = ['AAA', 'AA', 'A', 'BBB', 'BB', 'B', 'CCC', 'CC', 'C', 'D'] as const
export type Grade = (typeof GRADES)[number]

/**
 * The lowest probability of default (PD) that any result may state: 0.05 %, the floor that Basel
 * III sets for companies.
 */
export const PD_FLOOR = 0.0005

/** The PDs of one grade within a year: from `pdFrom`, included, to `pdTo`, excluded. */
interface PdBand {
  pdFrom: number
  pdTo: number
}

/**
 * The one-year PDs that each grade stands for. The bands join without gap or overlap from the floor
 * to 1 and widen by a factor of 2 to 2.7 from grade to grade, so that every grade is about as far
 * from the next in odds. The limits are round numbers set by judgement; they are not an agency's
 * scale.
 */
export const MASTER_SCALE: Readonly<Record<Grade, PdBand>> = {
  AAA: { pdFrom: PD_FLOOR, pdTo: 0.001 },
  AA: { pdFrom: 0.001, pdTo: 0.002 },
  A: { pdFrom: 0.002, pdTo: 0.005 },
  BBB: { pdFrom: 0.005, pdTo: 0.012 },
  BB: { pdFrom: 0.012, pdTo: 0.03 },
  B: { pdFrom: 0.03, pdTo: 0.08 },
  CCC: { pdFrom: 0.08, pdTo: 0.18 },
  CC: { pdFrom: 0.18, pdTo: 0.4 },
  C: { pdFrom: 0.4, pdTo: 1 },
  D: { pdFrom: 1, pdTo: 1 }
}

const UPPER_BOUNDS = GRADES.map((grade) => MASTER_SCALE[grade].pdTo)

/**
 * The grade whose band holds a PD. A PD below the floor is `AAA`; 1 or more, and a value that is
 * not a number, is `D`.
 */
export function gradeOfPd(pd: number): Grade {
  return GRADES[gradePlaceOfPd(pd)] ?? 'D'
}

/** The place of that grade from the best, 0 for `AAA`. */
export function gradePlaceOfPd(pd: number): number {
  let place = 0
  while (place < GRADE_PLACES.D && !(pd < (UPPER_BOUNDS[place] as number))) place += 1
  return place
}

/** Places from the best grade, 0 for `AAA`. */
export const GRADE_PLACES = Object.fromEntries(GRADES.map((grade, place) => [grade, place])) as Readonly<
  Record<Grade, number>
>

/**
 * Negative when `a` is the better grade, positive when it is the worse one, 0 when both are the
 * same.
 */
export function compareGrades(a: Grade, b: Grade): number {
  return GRADE_PLACES[a] - GRADE_PLACES[b]
}

/** The worse of two grades. */
export function worseOf(a: Grade, b: Grade): Grade {
  return compareGrades(a, b) >= 0 ? a : b
}

/** Whether a text is one of the ten grades, spelled exactly so. */
export function isGrade(text: string): text is Grade {
  return (GRADES as readonly string[]).includes(text)
}

/**
 * What a rating says of the case beside the grade: a person has to look at it, or credit is out of
 * the question.
 */
export const ADVICES = ['none', 'refer', 'decline'] as const
export type Advice = (typeof ADVICES)[number]

/** What people call what a rating advises. */
export const ADVICE_NAMES: Readonly<Record<Advice, Wording>> = texts.advices
