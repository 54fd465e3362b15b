import { type RawBuilder, sql } from 'kysely'
import type { AppliedRate, NewRow, Reader, Row, RowUpdate, Writer } from '../database.ts'
import type { ExchangeRateQuery, RatePath } from './schema.ts'

/** An amount of one currency that is to become one of another, by the rate of a day. */
export interface Exchange {
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

/** The rates of a day by which amounts of several currencies become ones of one; by currency. */
export type RatesOfDay = ReadonlyMap<string, AppliedRate>

/** Reads them; a currency that has none by that day is left out. */
export async function ratesOfDay(
  db: Reader,
  currencies: readonly (string | null)[],
  { to, onDate }: Omit<Exchange, 'from'>
): Promise<RatesOfDay> {
  const rates = new Map<string, AppliedRate>()
  for (const from of new Set(currencies)) {
    const rate = from === null ? undefined : await rateFor(db, { from, to, onDate })
    if (from !== null && rate !== undefined) rates.set(from, rate)
  }
  return rates
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

export async function findRate(
  db: Reader,
  { base, quote, rateOn }: RatePath
): Promise<Row<'exchangeRates'> | undefined> {
  return db
    .selectFrom('exchangeRates')
    .selectAll()
    .where('base', '=', base)
    .where('quote', '=', quote)
    .where('rateOn', '=', rateOn)
    .executeTakeFirst()
}

/**
 * Locks a pair of currencies, in both directions, until the transaction ends: a new rate is held
 * against the others of its pair, so one is recorded at a time.
 */
export async function lockPair(trx: Writer, { base, quote }: RatePath): Promise<void> {
  const pair = [base, quote].toSorted().join('/')
  await sql`select pg_advisory_xact_lock(hashtext('exchange_rates'), hashtext(${pair}))`.execute(trx)
}

/** Records a rate of a pair that is locked and has none of that day. */
export async function insertRate(trx: Writer, row: NewRow<'exchangeRates'>): Promise<void> {
  await trx.insertInto('exchangeRates').values(row).execute()
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

/** The tables whose documents may be converted. */
type Converted = 'invoices' | 'exposure_items'

/**
 * Selects the rate of its day as it is on file now, for a document that was converted with another
 * value of it; null for any other.
 */
export function rateCorrectedTo(table: Converted): RawBuilder<string | null> {
  const document = sql.raw(table)
  return sql<string | null>`(
    select rates.rate::text from credit_accounts as own
    join exchange_rates as rates on rates.rate_on = ${document}.rate_on and rates.rate <> ${document}.rate
      and rates.base = case ${document}.rate_basis when 'direct' then ${document}.original_currency else own.currency end
      and rates.quote = case ${document}.rate_basis when 'direct' then own.currency else ${document}.original_currency end
    where own.customer_id = ${document}.customer_id)`
}

/** The most documents that are counted. */
const CORRECTED_MAX = 1_000

/** Open documents that were converted with another value of one of these `rates`. */
function openConverted(ofAccount: RawBuilder<unknown>): RawBuilder<unknown> {
  const converted = (table: Converted, isOpen: RawBuilder<unknown>) => sql`
    select 1 from ${sql.raw(table)} as document join credit_accounts as own using (customer_id)
    where ${isOpen} and document.rate is not null and document.rate_on = rates.rate_on and document.rate <> rates.rate and ${ofAccount}
      and document.original_currency = case document.rate_basis when 'direct' then rates.base else rates.quote end
      and document.original_currency in (rates.base, rates.quote)
      and own.currency = case document.rate_basis when 'direct' then rates.quote else rates.base end`
  return sql`(${converted('invoices', sql`document.open_minor > 0`)}
    union all ${converted('exposure_items', sql`document.state in ('open', 'held')`)})`
}

/**
 * How many open documents of an account rest on a rate that was corrected since, read beside the
 * account; no more than `CORRECTED_MAX` are counted.
 */
export function openOnCorrectedFact(): RawBuilder<number> {
  return sql`(select count(*)::integer from (
    select 1 from exchange_rates as rates
    cross join lateral ${openConverted(sql`document.customer_id = account.customer_id`)} as converted
    where corrected_at is not null and account.currency in (rates.base, rates.quote) limit ${sql.lit(CORRECTED_MAX)}) as counted)`
}

/** The same of one rate, whoever owes them. */
export async function openOnCorrected(db: Reader, { base, quote, rateOn }: RatePath): Promise<number> {
  const { rows } = await sql<{ documents: number }>`
    select count(*)::integer as documents from (
      select 1 from exchange_rates as rates cross join lateral ${openConverted(sql`true`)} as converted
      where base = ${base} and quote = ${quote} and rates.rate_on = ${rateOn}::date limit ${sql.lit(CORRECTED_MAX)}) as counted`.execute(
    db
  )
  return rows[0]?.documents ?? 0
}
