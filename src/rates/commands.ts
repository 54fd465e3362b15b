import type { AppliedRate, Reader, Row, Writer } from '../database.ts'
import type { Deps } from '../deps.ts'
import { addDays, type Policy, rateDoubt, rateText } from '../engine/index.ts'
import { readClock } from '../platform/database/clock.ts'
import type { Caller } from '../platform/http/auth.ts'
import type { Answer } from '../platform/http/command.ts'
import { demandMatch, etagOf, requireMatch } from '../platform/http/etag.ts'
import { KeyField, keyOfCursor, listKey, PAGE_LIMIT_DEFAULT, type Page, pageOfRows } from '../platform/http/page.ts'
import { fieldProblem, Problem } from '../platform/values/problem.ts'
import type { ExchangeRate, ExchangeRateQuery, NewExchangeRate, RatePath } from './schema.ts'
import { findRate, insertRate, listRates, lockRate, rateBeside, updateRate } from './store.ts'

/** What the list is in the order of. */
const KEY = listKey({ base: KeyField.currency, quote: KeyField.currency, rateOn: KeyField.date }, '/')

/**
 * Records the rate of a pair on a day; the same again changes nothing. What was converted before
 * keeps the rate that it states. Throws `rate-unconfirmed` for a rate far off what is on file.
 */
export async function putRate(
  deps: Deps,
  trx: Writer,
  caller: Caller,
  path: RatePath,
  ifMatch: string | undefined,
  { rate, source, confirm = false }: NewExchangeRate
): Promise<Answer> {
  const { now, today } = await readClock(trx, deps.clock)
  if (path.base === path.quote)
    throw fieldProblem('/params/quote', 'same_currency', `A rate is between two currencies; both are ${path.base}.`)
  if (path.rateOn > addDays(today, 1))
    throw fieldProblem('/params/rateOn', 'future_date', `The date ${path.rateOn} lies after today, ${today}.`)
  const row = {
    ...path,
    rate: rateText(rate),
    source,
    recordedBy: caller.keyId,
    recordedAt: now,
    updatedAt: now,
    version: 1
  }
  let before = await lockRate(trx, path)
  if (before === undefined) {
    requireMatch(ifMatch, 0)
    if (!confirm) assertPlausible(deps.policy, row, await rateBeside(trx, path))
    if (await insertRate(trx, row)) return answerOf(201, row)
    before = await lockRate(trx, path)
    if (before === undefined) throw new Problem('contention', 'Another request is recording the same rate.')
  }
  if (Number(before.rate) === rate && before.source === source) {
    requireMatch(ifMatch, before.version)
    return answerOf(200, before)
  }
  demandMatch(ifMatch, before.version)
  if (!confirm && Number(before.rate) !== rate) assertPlausible(deps.policy, row, await rateBeside(trx, path))
  const changes = {
    rate: row.rate,
    source,
    recordedBy: caller.keyId,
    updatedAt: now,
    version: before.version + 1
  }
  await updateRate(trx, path, changes)
  return answerOf(200, { ...before, ...changes })
}

function assertPlausible(
  policy: Policy,
  { base, quote, rateOn, rate }: RatePath & { readonly rate: string },
  known: AppliedRate | undefined
): void {
  if (known === undefined) return
  const isInverse = known.basis === 'inverse'
  const doubt = rateDoubt(policy, Number(rate), {
    rate: isInverse ? 1 / Number(known.rate) : Number(known.rate),
    isInverseOfDay: isInverse && known.rateOn === rateOn
  })
  if (doubt === undefined) return
  const { code, share, shareMax } = doubt
  const pair = isInverse ? `${quote}/${base}` : `${base}/${quote}`
  const other = `${pair} at ${known.rate}, recorded for ${known.rateOn}`
  const detail = `${base}/${quote} at ${rate} for ${rateOn} lies ${percent(share)} off ${other}; ${percent(shareMax)} pass unconfirmed.`
  throw new Problem('rate-unconfirmed', detail, { errors: [{ pointer: '/rate', code, detail }] })
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(3))} %`
}

export async function readRate(db: Reader, path: RatePath): Promise<ExchangeRate> {
  const row = await findRate(db, path)
  if (row === undefined)
    throw new Problem('not-found', `No rate of ${path.base} in ${path.quote} is recorded for ${path.rateOn}.`)
  return rateOf(row)
}

/** Rates by pair, the latest first. */
export async function pageOfRates(
  db: Reader,
  { cursor, limit = PAGE_LIMIT_DEFAULT, ...filters }: ExchangeRateQuery
): Promise<Page<ExchangeRate>> {
  const listing = { list: 'exchange-rates', ...filters }
  const rows = await listRates(db, filters, keyOfCursor(cursor, listing, KEY), limit)
  return pageOfRows(rows.map(rateOf), limit, listing, KEY.of)
}

function rateOf(row: Row<'exchangeRates'>): ExchangeRate {
  return { ...row, rate: Number(row.rate) }
}

function answerOf(status: 200 | 201, row: Row<'exchangeRates'>): Answer {
  const location = `/v1/exchange-rates/${row.base}/${row.quote}/${row.rateOn}`
  return { status, value: rateOf(row), etag: etagOf(row.version), ...(status === 201 ? { location } : {}) }
}
