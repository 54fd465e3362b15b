import type { AppliedRate, Reader } from '../database.ts'
import { statedDate } from '../engine/index.ts'
import { Problem } from '../platform/values/problem.ts'
import { said } from '../platform/values/said.ts'
import { type Exchange, rateFor } from './store.ts'
import texts from './texts.json' with { type: 'json' }

const { details } = texts

/**
 * The rate with which an amount becomes one of the account's currency; null when it is in that
 * currency. Throws `rate-missing`.
 */
export async function requireRate(db: Reader, exchange: Exchange): Promise<AppliedRate | null> {
  if (exchange.from === exchange.to) return null
  const rate = await rateFor(db, exchange)
  if (rate !== undefined) return rate
  throw rateMissing(exchange)
}

export function rateMissing({ from, to, onDate }: Exchange): Problem {
  return new Problem('rate-missing', said(details.missing, { from, to, onDate: statedDate(onDate) }), {
    members: { base: from, quote: to }
  })
}
