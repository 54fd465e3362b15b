import type { Reader, Row, Writer } from '../../database.ts'
import type { Deps } from '../../deps.ts'
import {
  availableMinor,
  countedMinor,
  exposureOf,
  ITEMISED_CATEGORIES,
  toMoney,
  totalExposureMinor
} from '../../engine/index.ts'
import type { CustomerId } from '../../ids.ts'
import type { Caller } from '../../platform/http/auth.ts'
import type { Answer } from '../../platform/http/command.ts'
import { etagOf, requireMatch } from '../../platform/http/etag.ts'
import { fieldProblem } from '../../platform/values/problem.ts'
import type { CreditAccount, ExposureQuery, ItemisedAccount, NewHold } from '../schema.ts'
import { type CategorySums, type CountedSums, coverOn, openCategories, recordedCategories } from '../store/exposure.ts'
import type { SecurityCover } from '../store/situation.ts'
import { lockAccount, readCurrentAccount, saveAccount } from '../store.ts'

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
  return db
    .transaction()
    .setIsolationLevel('repeatable read')
    .execute(async (trx) => {
      const { account, now, today } = await readCurrentAccount(trx, clock, customerId)
      const day = asOf ?? today
      if (day > today) throw fieldProblem('/query/asOf', 'future_date', `The date ${day} lies after today, ${today}.`)
      const cover = await coverOn(trx, customerId, today)
      const shown = accountOf(account, { now, today }, cover)
      const frame = { asOf: day, horizonDays: horizon }
      if (day < today) {
        const sums = await recordedCategories(trx, clock, customerId, day)
        return { ...shown, itemised: { ...frame, ...pastFigures(sums, account.currency) } }
      }
      const sums = await openCategories(trx, customerId, { now, today, horizonDays: horizon })
      return { ...shown, itemised: { ...frame, ...presentFigures(sums, cover, account.currency) } }
    })
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
  const locked = await lockAccount(trx, deps.clock, customerId)
  requireMatch(ifMatch, locked.account.version)
  if (locked.account.holdReason === reason) return answerOf(trx, locked.account, locked)
  const changes = { holdReason: reason, holdBy: caller.keyId, holdSince: locked.now }
  const account = await saveAccount(
    trx,
    locked,
    caller.keyId,
    [{ type: 'hold.set', subject: customerId, payload: { reason } }],
    { changes }
  )
  return answerOf(trx, account, locked)
}

/** Lifts the manual hold. Lifting none changes nothing. */
export async function liftHold(deps: Deps, trx: Writer, { caller, customerId, ifMatch }: HoldChange): Promise<Answer> {
  const locked = await lockAccount(trx, deps.clock, customerId)
  requireMatch(ifMatch, locked.account.version)
  const { holdReason, holdSince } = locked.account
  if (holdReason === null) return answerOf(trx, locked.account, locked)
  const entry = { type: 'hold.lifted', subject: customerId, payload: { reason: holdReason, since: holdSince } } as const
  const account = await saveAccount(trx, locked, caller.keyId, [entry], {
    changes: { holdReason: null, holdBy: null, holdSince: null }
  })
  return answerOf(trx, account, locked)
}

async function answerOf(
  trx: Writer,
  account: Row<'creditAccounts'>,
  { now, today }: { now: string; today: string }
): Promise<Answer> {
  const cover = await coverOn(trx, account.customerId, today)
  return { status: 200, value: accountOf(account, { now, today }, cover), etag: etagOf(account.version) }
}

function accountOf(
  account: Row<'creditAccounts'>,
  { now, today }: { now: string; today: string },
  { coverMinor }: SecurityCover
): CreditAccount {
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
