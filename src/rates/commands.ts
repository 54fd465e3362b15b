import type { AppliedRate, Reader, Row, Writer } from '../database.ts'
import type { Deps } from '../deps.ts'
import { liesAhead, type Policy, rateDoubt, rateText, statedDate } from '../engine/index.ts'
import { recordOrganisation } from '../organisation/postings.ts'
import { readClock } from '../platform/database/clock.ts'
import type { Caller } from '../platform/http/auth.ts'
import type { Answer } from '../platform/http/command.ts'
import { demandMatch, etagOf, requireMatch } from '../platform/http/etag.ts'
import { KeyField, keyOfCursor, listKey, PAGE_LIMIT_DEFAULT, type Page, pageOfRows } from '../platform/http/page.ts'
import { fieldError, fieldProblem, Problem } from '../platform/values/problem.ts'
import { type Said, said } from '../platform/values/said.ts'
import type { ExchangeRate, ExchangeRateQuery, NewExchangeRate, RatePath } from './schema.ts'
import { findRate, insertRate, listRates, lockPair, openOnCorrected, rateBeside, updateRate } from './store.ts'
import texts from './texts.json' with { type: 'json' }

const { details } = texts

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
  await lockPair(trx, path)
  const { now, today } = await readClock(trx, deps.clock)
  if (path.base === path.quote)
    throw fieldProblem('/params/quote', 'same_currency', said(details.sameCurrency, { base: path.base }))
  if (liesAhead(path.rateOn, today))
    throw fieldProblem(
      '/params/rateOn',
      'future_date',
      said(details.future, { date: statedDate(path.rateOn), today: statedDate(today) })
    )
  const row = {
    ...path,
    rate: rateText(rate),
    source,
    recordedBy: caller.actor,
    recordedAt: now,
    updatedAt: now,
    correctedAt: null,
    version: 1
  }
  const before = await findRate(trx, path)
  if (before === undefined) {
    requireMatch(ifMatch, 0)
    if (!confirm) assertPlausible(deps.policy, row, await rateBeside(trx, path))
    await insertRate(trx, row)
    await recordRate(deps, trx, caller, 'rate.recorded', row)
    return answerOf(201, row)
  }
  if (Number(before.rate) === rate && before.source === source) {
    requireMatch(ifMatch, before.version)
    return answerOf(200, before)
  }
  demandMatch(ifMatch, before.version)
  const isCorrected = Number(before.rate) !== rate
  if (!confirm && isCorrected) assertPlausible(deps.policy, row, await rateBeside(trx, path))
  const changes = {
    rate: row.rate,
    source,
    recordedBy: caller.actor,
    updatedAt: now,
    correctedAt: isCorrected ? now : before.correctedAt,
    version: before.version + 1
  }
  await updateRate(trx, path, changes)
  await recordRate(deps, trx, caller, 'rate.changed', { ...before, ...changes }, before)
  return answerOf(200, { ...before, ...changes })
}

/** What a rate is, and was before, stands in the chain of the organisation. */
async function recordRate(
  { clock }: Deps,
  trx: Writer,
  caller: Caller,
  type: 'rate.recorded' | 'rate.changed',
  { base, quote, rateOn, rate, source, version }: Row<'exchangeRates'>,
  before?: Row<'exchangeRates'>
): Promise<void> {
  const was = before === undefined ? {} : { before: { rate: before.rate, source: before.source } }
  const payload = { base, quote, rateOn, rate, source, version, ...was }
  await recordOrganisation(trx, clock, caller.actor, [{ type, subject: `${base}/${quote} ${rateOn}`, payload }])
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
  const detail = said(details.farOff, {
    base,
    quote,
    rate,
    rateOn: statedDate(rateOn),
    share: percent(share),
    pair: isInverse ? `${quote}/${base}` : `${base}/${quote}`,
    known: known.rate,
    knownOn: statedDate(known.rateOn),
    shareMax: percent(shareMax)
  })
  throw new Problem('rate-unconfirmed', detail, { errors: [fieldError('/rate', code, detail)] })
}

function percent(share: number): Said {
  const figure = Number((share * 100).toPrecision(3))
  return { en: `${figure} %`, zh: `${figure}%` }
}

export async function readRate(db: Reader, path: RatePath): Promise<ExchangeRate> {
  const row = await findRate(db, path)
  if (row === undefined)
    throw new Problem(
      'not-found',
      said(details.noRate, { base: path.base, quote: path.quote, rateOn: statedDate(path.rateOn) })
    )
  const documents = row.correctedAt === null ? 0 : await openOnCorrected(db, path)
  return { ...rateOf(row), ...(documents === 0 ? {} : { openOnCorrected: documents }) }
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
