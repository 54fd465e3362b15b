import { isSameActor } from '../../access/postings.ts'
import { askForChange } from '../../change-requests/postings.ts'
import type { ChangeApproval, Reader, Row, Writer } from '../../database.ts'
import type { Deps } from '../../deps.ts'
import {
  availableMinor,
  countedMinor,
  exposureOf,
  ITEMISED_CATEGORIES,
  statedDate,
  toMoney,
  totalExposureMinor
} from '../../engine/index.ts'
import type { CustomerId } from '../../ids.ts'
import type { Caller } from '../../platform/http/auth.ts'
import type { Answer } from '../../platform/http/command.ts'
import { etagOf, requireMatch } from '../../platform/http/etag.ts'
import type { ActorText } from '../../platform/values/actors.ts'
import { fieldProblem, Problem } from '../../platform/values/problem.ts'
import { said } from '../../platform/values/said.ts'
import { openOnCorrectedFact } from '../../rates/store.ts'
import type { CreditAccount, ExposureQuery, ItemisedAccount, NewHold } from '../schema.ts'
import {
  type CategorySums,
  type CountedSums,
  coverFact,
  openCategoriesFact,
  recordedCategories
} from '../store/exposure.ts'
import type { CurrentAccount } from '../store/facts.ts'
import type { SecurityCover } from '../store/situation.ts'
import { type LockedAccount, lockAccount, lockWithFacts, readWithFacts, saveAccount } from '../store.ts'
import texts from '../texts.json' with { type: 'json' }

const { details } = texts

/**
 * The account as it stands, with its exposure itemised as of a day, all of one moment. For a past
 * day the sums are those that the journal had recorded by its end; figures that only the documents
 * have are not known then.
 */
export async function readAccount(
  { clock, policy }: Pick<Deps, 'clock' | 'policy'>,
  db: Reader,
  customerId: CustomerId,
  { asOf, horizon = policy.check.horizonDays }: ExposureQuery
): Promise<ItemisedAccount> {
  const { facts, ...current } = await readWithFacts(db, clock, customerId, {
    cover: coverFact(clock),
    open: openCategoriesFact(clock, horizon),
    onCorrected: openOnCorrectedFact()
  })
  const { account, today } = current
  const day = asOf ?? today
  if (day > today)
    throw fieldProblem(
      '/query/asOf',
      'future_date',
      said(details.future, { date: statedDate(day), today: statedDate(today) })
    )
  const { onCorrected } = facts
  const shown = {
    ...accountOf(current, facts.cover),
    ...(onCorrected === 0 ? {} : { openOnCorrected: onCorrected })
  }
  const frame = { asOf: day, horizonDays: horizon }
  if (day === today)
    return { ...shown, itemised: { ...frame, ...presentFigures(facts.open, facts.cover, account.currency) } }
  // Nothing joins what the journal had recorded by then, so it may be read later.
  const sums = await recordedCategories(db, clock, customerId, day)
  return { ...shown, itemised: { ...frame, ...pastFigures(sums, account.currency) } }
}

type Figures = Omit<ItemisedAccount['itemised'], 'asOf' | 'horizonDays'>

const SUMS = ['grossMinor', 'statisticalMinor', 'beyondHorizonMinor', 'disputedMinor'] as const
const NO_SUMS = { grossMinor: 0, statisticalMinor: 0, beyondHorizonMinor: 0, disputedMinor: 0 }

function presentFigures(
  open: readonly CategorySums[],
  { coverMinor, validUntil, lapsed }: SecurityCover,
  currency: string
): Figures {
  const money = (minor: number) => toMoney(minor, currency)
  const figuresOf = ({ grossMinor, statisticalMinor, beyondHorizonMinor, disputedMinor }: typeof NO_SUMS) => ({
    gross: money(grossMinor),
    counted: money(grossMinor - statisticalMinor),
    statistical: money(statisticalMinor),
    beyondHorizon: money(beyondHorizonMinor),
    disputed: money(disputedMinor)
  })
  const total = { ...NO_SUMS }
  for (const sums of open) for (const name of SUMS) total[name] += sums[name]
  const exposureMinor = total.grossMinor - total.statisticalMinor
  const unsecuredMinor = countedMinor(exposureMinor, coverMinor)
  return {
    categories: ITEMISED_CATEGORIES.map((category) => ({
      category,
      ...figuresOf(open.find((sums) => sums.category === category) ?? NO_SUMS)
    })),
    total: figuresOf(total),
    secured: { amount: money(exposureMinor - unsecuredMinor), cover: money(coverMinor), validUntil, lapsed },
    unsecured: money(unsecuredMinor)
  }
}

const NOT_KNOWN = { gross: null, statistical: null, beyondHorizon: null, disputed: null } as const

function pastFigures(sums: CountedSums, currency: string): Figures {
  const countedOf = (minor: number) => ({ ...NOT_KNOWN, counted: toMoney(minor, currency) })
  const total = ITEMISED_CATEGORIES.reduce((sum, category) => sum + sums[category], 0)
  return {
    categories: ITEMISED_CATEGORIES.map((category) => ({ category, ...countedOf(sums[category]) })),
    total: countedOf(total),
    secured: null,
    unsecured: null
  }
}

/** Who changes the hold, and which version of the account that person has seen; any when absent. */
export interface HoldChange {
  readonly caller: Caller
  readonly customerId: CustomerId
  readonly ifMatch: string | undefined
}

/**
 * Sets the manual hold: every new order is declined until it is lifted. An existing hold gets the
 * new reason.
 */
export async function setHold(
  deps: Deps,
  trx: Writer,
  { caller, customerId, ifMatch }: HoldChange,
  { reason }: NewHold
): Promise<Answer> {
  const { facts, ...locked } = await lockForHold(deps, trx, customerId)
  requireMatch(ifMatch, locked.account.version)
  if (locked.account.holdReason === reason) return answerOf(locked, facts.cover)
  const holdSetters = [...new Set([...settersOf(locked.account), caller.actor])].join(' ')
  const changes = { holdReason: reason, holdBy: caller.actor, holdSince: locked.now, holdSetters }
  const account = await saveAccount(
    trx,
    locked,
    caller.actor,
    [{ type: 'hold.set', subject: customerId, payload: { reason } }],
    { changes }
  )
  return answerOf({ ...locked, account }, facts.cover)
}

/**
 * Lifts the manual hold that the caller has set. That of anybody else is lifted once a third one
 * has approved it: until then the answer is the request. Lifting none changes nothing.
 */
export async function liftHold(deps: Deps, trx: Writer, { caller, customerId, ifMatch }: HoldChange): Promise<Answer> {
  const { facts, ...locked } = await lockForHold(deps, trx, customerId)
  requireMatch(ifMatch, locked.account.version)
  const { holdReason: reason, holdSince: since } = locked.account
  if (reason === null) return answerOf(locked, facts.cover)
  if (!(await isSameActor(trx, settersOf(locked.account), caller))) {
    const payload = { customerId, reason, since }
    const [madeBy, madeAt] = [caller.actor, locked.now]
    return askForChange(trx, { kind: 'hold_lift', subject: customerId, customerId, payload, madeBy, madeAt })
  }
  const account = await lift(trx, locked, caller.actor, {})
  return answerOf({ ...locked, account }, facts.cover)
}

/** Lifts the hold that a request is about. Throws `stale-approval` where it is another by now. */
export async function liftAsked(
  deps: Deps,
  trx: Writer,
  { payload, madeBy, changeRequestId }: Row<'changeRequests'>,
  { by, onePerson }: ChangeApproval
): Promise<void> {
  const { customerId, reason, since } = JSON.parse(payload) as Readonly<Record<'reason' | 'since', string>> & {
    readonly customerId: CustomerId
  }
  const locked = await lockAccount(trx, deps.clock, customerId)
  if (locked.account.holdReason !== reason || locked.account.holdSince !== since)
    throw new Problem('stale-approval', details.otherHold)
  await lift(trx, locked, by, { askedBy: madeBy, changeRequestId, ...(onePerson && { onePerson }) })
}

async function lift(
  trx: Writer,
  locked: LockedAccount,
  actor: ActorText,
  approved: object
): Promise<Row<'creditAccounts'>> {
  const { customerId, holdReason: reason, holdSince: since } = locked.account
  const entry = { type: 'hold.lifted', subject: customerId, payload: { reason, since, ...approved } } as const
  return saveAccount(trx, locked, actor, [entry], {
    changes: { holdReason: null, holdBy: null, holdSince: null, holdSetters: null }
  })
}

/** Everybody who has set the hold since there is one. */
function settersOf({ holdSetters, holdBy }: Row<'creditAccounts'>): ActorText[] {
  if (holdSetters !== null) return holdSetters.split(' ') as ActorText[]
  return holdBy === null ? [] : [holdBy]
}

/** The answer says what is available, and so what security covers. */
function lockForHold({ clock }: Deps, trx: Writer, customerId: CustomerId) {
  return lockWithFacts(trx, clock, customerId, { cover: coverFact(clock) })
}

function answerOf(current: CurrentAccount, cover: SecurityCover): Answer {
  return { status: 200, value: accountOf(current, cover), etag: etagOf(current.account.version) }
}

function accountOf({ account, now, today }: CurrentAccount, { coverMinor }: SecurityCover): CreditAccount {
  const {
    customerId,
    currency,
    limitMode,
    limitMinor,
    limitValidUntil,
    limitDecisionId,
    termsDays,
    holdReason,
    holdBy,
    holdSince,
    version
  } = account
  const available = availableMinor(account, account, today, coverMinor)
  return {
    customerId,
    currency,
    limit: {
      mode: limitMode,
      amount: toMoney(limitMinor, currency),
      validUntil: limitValidUntil,
      limitDecisionId,
      termsDays
    },
    exposure: exposureOf(account, currency),
    available: available === null ? null : toMoney(available, currency),
    overLimit: available !== null && available < 0 && totalExposureMinor(account) > 0,
    hold:
      holdReason === null || holdBy === null || holdSince === null
        ? null
        : { reason: holdReason, by: holdBy, since: holdSince },
    asOf: now,
    version
  }
}
