import { sql } from 'kysely'
import type { AppliedRate, NewRow, Reader, Row, RowUpdate, Writer } from '../database.ts'
import { Problem } from '../platform/values/problem.ts'
import type { ExchangeRateQuery, RatePath } from './schema.ts'

/** An amount of one currency that is to become one of another, by the rate of a day. */
interface Exchange {
  readonly from: string
  readonly to: string
  readonly onDate: string
}

/**
 * The rate between two currencies that holds on a day: the latest that was recorded for that day or
 * one before it, in either direction; of two of the same day the direct one. Undefined when there
 * is none.
 */
export async function rateFor(db: Reader, { from, to, onDate }: Exchange): Promise<AppliedRate | undefined> {
  const { rows } = await sql<AppliedRate>`
    select rate::text as rate, rate_on, basis from (
      (select rate, rate_on, 'direct' as basis from exchange_rates
        where base = ${from} and quote = ${to} and rate_on <= ${onDate}::date order by rate_on desc limit 1)
      union all
      (select rate, rate_on, 'inverse' from exchange_rates
        where base = ${to} and quote = ${from} and rate_on <= ${onDate}::date order by rate_on desc limit 1)
    ) as known order by rate_on desc, basis limit 1`.execute(db)
  return rows[0]
}

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

/**
 * The rate on file that a new one of this pair and day is held against: the last in force, in
 * either direction; without one the rate that it replaces, or the first of a later day.
 */
export async function rateBeside(db: Reader, { base, quote, rateOn }: RatePath): Promise<AppliedRate | undefined> {
  const { rows } = await sql<AppliedRate>`
    select rate::text as rate, rate_on, basis from (
      select rate, rate_on, 'direct' as basis, rate_on >= ${rateOn}::date as is_other
        from exchange_rates where base = ${base} and quote = ${quote}
      union all
      select rate, rate_on, 'inverse', rate_on > ${rateOn}::date
        from exchange_rates where base = ${quote} and quote = ${base}
    ) as known order by is_other, abs(rate_on - ${rateOn}::date), basis limit 1`.execute(db)
  return rows[0]
}

export function rateMissing({ from, to, onDate }: Exchange): Problem {
  return new Problem(
    'rate-missing',
    `No exchange rate between ${from} and ${to} is recorded for ${onDate} or an earlier day.`,
    { members: { base: from, quote: to } }
  )
}

export async function findRate(db: Reader, path: RatePath): Promise<Row<'exchangeRates'> | undefined> {
  return selectRate(db, path).executeTakeFirst()
}

/** The same while it is locked. */
export async function lockRate(trx: Writer, path: RatePath): Promise<Row<'exchangeRates'> | undefined> {
  return selectRate(trx, path).forUpdate().executeTakeFirst()
}

function selectRate(db: Reader, { base, quote, rateOn }: RatePath) {
  return db
    .selectFrom('exchangeRates')
    .selectAll()
    .where('base', '=', base)
    .where('quote', '=', quote)
    .where('rateOn', '=', rateOn)
}

/** False when another transaction has recorded a rate of that day in the meantime. */
export async function insertRate(trx: Writer, row: NewRow<'exchangeRates'>): Promise<boolean> {
  const inserted = await trx
    .insertInto('exchangeRates')
    .values(row)
    .onConflict((conflict) => conflict.doNothing())
    .returning('rateOn')
    .executeTakeFirst()
  return inserted !== undefined
}

export async function updateRate(
  trx: Writer,
  { base, quote, rateOn }: RatePath,
  changes: RowUpdate<'exchangeRates'>
): Promise<void> {
  await trx
    .updateTable('exchangeRates')
    .set(changes)
    .where('base', '=', base)
    .where('quote', '=', quote)
    .where('rateOn', '=', rateOn)
    .execute()
}

/** Rates that fit all filters, by pair, the latest first, one more than the page holds. */
export async function listRates(
  db: Reader,
  { base, quote, from, until }: ExchangeRateQuery,
  after: RatePath | undefined,
  limit: number
): Promise<Row<'exchangeRates'>[]> {
  let select = db
    .selectFrom('exchangeRates')
    .selectAll()
    .orderBy('base')
    .orderBy('quote')
    .orderBy('rateOn', 'desc')
    .limit(limit + 1)
  if (base !== undefined) select = select.where('base', '=', base)
  if (quote !== undefined) select = select.where('quote', '=', quote)
  if (from !== undefined) select = select.where('rateOn', '>=', from)
  if (until !== undefined) select = select.where('rateOn', '<=', until)
  if (after !== undefined) {
    const { base, quote, rateOn } = after
    select = select.where(
      sql<boolean>`(base > ${base} or base = ${base} and (quote > ${quote} or quote = ${quote} and rate_on < ${rateOn}::date))`
    )
  }
  return select.execute()
}
