import { readFileSync } from 'node:fs'
import { checkOrder } from '../../../src/engine/checks/order-check.ts'
import type { CreditFile } from '../../../src/engine/features/credit-file.ts'
import { emptySituation } from '../../../src/engine/ledger/situation.ts'
import { proposeLimit } from '../../../src/engine/limits/limit.ts'
import { limitFacts } from '../../../src/engine/limits/limit-facts.ts'
import { compileModel } from '../../../src/engine/scorecards/compile/compile-model.ts'
import { scoreFile } from '../../../src/engine/scorecards/file-score.ts'
import { AS_OF } from '../arbitraries.ts'

const read = (path: string) => JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8'))
const model = compileModel(read('../company-1.json'))
const policy = read('policy.json')

/**
 * What was decided on a file: the assessment, the limit that follows from it, and an order against
 * that limit.
 */
export function decide(file: CreditFile): string {
  const assessment = scoreFile(model, file, AS_OF)
  const limit = proposeLimit(
    policy,
    limitFacts(file, { asOf: AS_OF, grade: assessment.grade, requestedMinor: 3_000_000_00 })
  )
  const check = checkOrder(policy, {
    account: {
      customerId: 'C-1',
      currency: file.currency,
      limitMode: limit.mode,
      limitMinor: limit.amountMinor,
      limitValidUntil: '2027-03-31',
      limitDecisionId: 'lim_1',
      termsDays: limit.termsDays,
      receivablesMinor: 1_000_000_00,
      capturedMinor: 0,
      reservedMinor: 0,
      ordersMinor: 0,
      deliveriesMinor: 0,
      specialMinor: 0,
      reconciledAt: null,
      holdReason: null,
      holdSince: null,
      grade: assessment.grade,
      ratingValidUntil: assessment.grade === null ? null : '2027-03-31',
      ratingAdvice: assessment.advice,
      ratedAt: `${AS_OF}T12:00:00.000Z`
    },
    situation: { ...emptySituation(AS_OF), openMinor: 1_000_000_00 },
    order: {
      orderId: 'SO-1',
      kind: 'order',
      amountMinor: 1_000_000_00,
      prepaidMinor: 0,
      heldMinor: 0,
      termsDays: 30,
      shipOn: null,
      original: null
    },
    release: null,
    outlook: null,
    now: `${AS_OF}T12:00:00.000Z`,
    today: AS_OF
  })
  return JSON.stringify({ assessment, limit, check })
}
