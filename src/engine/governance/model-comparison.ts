import { compareGrades, type Grade } from '../values/rating.ts'
import type { Text } from '../values/text.ts'
import type { ShadowStatus } from './shadow.ts'

/**
 * With fewer cases that both models rated, the shares say little: each case moves them by more than
 * three percent.
 */
const COMPARISON_CASES_MIN = 30

export const COMPARISON_NOTES = ['insufficient_data'] as const
type ComparisonNote = (typeof COMPARISON_NOTES)[number]

const NOTE_TEXTS: Readonly<Record<ComparisonNote, Text>> = {
  insufficient_data: {
    en: `Fewer than ${COMPARISON_CASES_MIN} cases were rated by both models: what follows from them may be chance.`,
    zh: `两个模型均已评级的案例少于${COMPARISON_CASES_MIN}个，以下结果可能出于偶然。`
  }
}

/**
 * Cases with the same outcome of both models, counted, and the sums of what both said of them; the
 * sums are 0 unless both rated them.
 */
export interface ComparedCases {
  readonly championGrade: Grade | null
  readonly grade: Grade | null
  readonly status: ShadowStatus
  readonly cases: number
  readonly championScoreSum: number
  readonly championPdSum: number
  readonly scoreSum: number
  readonly pdSum: number
}

/**
 * The means of one model over the cases that both rated. Scores of two models are on scales of
 * their own, PDs are not.
 */
interface ComparedMeans {
  meanScore: number | null
  meanPd: number | null
}

/**
 * How a challenger differed from the champion on the same cases. Shares are of the cases that both
 * rated; null where there is none.
 */
interface ModelComparison {
  cases: number
  bothRated: number
  /** Cases without a rating of only one of the two, or of both. */
  unrated: { byChampionOnly: number; byChallengerOnly: number; byBoth: number }
  /** Cases in which the challenger broke off; they count nowhere else. */
  failed: number
  /** The same grade. */
  shareSame: number | null
  /** A better grade by the challenger. */
  shareBetter: number | null
  /** A worse grade by the challenger. */
  shareWorse: number | null
  champion: ComparedMeans
  challenger: ComparedMeans
  /** From the champion's grade to the challenger's; null: unrated. In the order of the grades. */
  migrations: { championGrade: Grade | null; challengerGrade: Grade | null; cases: number }[]
  note: { code: ComparisonNote; text: Text } | null
}

/**
 * Adds up how a challenger differed from the champion. The order of the groups has no influence on
 * the counts.
 */
export function compareOutcomes(groups: readonly ComparedCases[]): ModelComparison {
  const judged = groups.filter(({ status }) => status !== 'failed')
  const both = judged.filter(({ grade, championGrade }) => grade !== null && championGrade !== null)
  const bothRated = casesIn(both)
  const share = (among: readonly ComparedCases[]) => (bothRated === 0 ? null : casesIn(among) / bothRated)
  const mean = (sumOf: (group: ComparedCases) => number) =>
    bothRated === 0 ? null : both.reduce((sum, group) => sum + sumOf(group), 0) / bothRated
  const without = (champion: boolean, challenger: boolean) =>
    casesIn(judged.filter((each) => (each.championGrade === null) === champion && (each.grade === null) === challenger))
  return {
    cases: casesIn(groups),
    bothRated,
    unrated: {
      byChampionOnly: without(true, false),
      byChallengerOnly: without(false, true),
      byBoth: without(true, true)
    },
    failed: casesIn(groups) - casesIn(judged),
    shareSame: share(both.filter((each) => stepOf(each) === 0)),
    shareBetter: share(both.filter((each) => stepOf(each) < 0)),
    shareWorse: share(both.filter((each) => stepOf(each) > 0)),
    champion: { meanScore: mean((each) => each.championScoreSum), meanPd: mean((each) => each.championPdSum) },
    challenger: { meanScore: mean((each) => each.scoreSum), meanPd: mean((each) => each.pdSum) },
    migrations: judged
      .map(({ championGrade, grade, cases }) => ({ championGrade, challengerGrade: grade, cases }))
      .toSorted(
        (left, right) =>
          byGrade(left.championGrade, right.championGrade) || byGrade(left.challengerGrade, right.challengerGrade)
      ),
    note: bothRated < COMPARISON_CASES_MIN ? { code: 'insufficient_data', text: NOTE_TEXTS.insufficient_data } : null
  }
}

function casesIn(groups: readonly ComparedCases[]): number {
  return groups.reduce((sum, { cases }) => sum + cases, 0)
}

/** Below 0 where the challenger's grade is the better one. */
function stepOf({ championGrade, grade }: ComparedCases): number {
  return championGrade === null || grade === null ? 0 : compareGrades(grade, championGrade)
}

/** From best to worst, unrated last. */
function byGrade(left: Grade | null, right: Grade | null): number {
  if (left === null || right === null) return Number(left === null) - Number(right === null)
  return compareGrades(left, right)
}
