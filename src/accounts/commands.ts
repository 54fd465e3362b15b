import type { Reader, Row, Writer } from '../database.ts'
import type { Deps } from '../deps.ts'
import { availableMinor, exposureOf, toMoney, totalExposureMinor } from '../engine/index.ts'
import type { Caller } from '../platform/auth.ts'
import type { Answer } from '../platform/deciding.ts'
import { etagOf } from '../platform/etag.ts'
import type { CreditAccount, NewHold } from './schema.ts'
import { lockAccount, readCurrentAccount, saveAccount } from './store.ts'

/** The account as it stands. */
export async function readAccount(
  { clock }: Pick<Deps, 'clock'>,
  db: Reader,
  customerId: string
): Promise<CreditAccount> {
  const { account, now, today } = await readCurrentAccount(db, clock, customerId)
  return accountOf(account, now, today)
}

/** Sets the manual hold: every new order is declined until it is lifted. A hold that stands gets the new reason. */
export async function setHold(
  deps: Deps,
  trx: Writer,
  caller: Caller,
  customerId: string,
  { reason }: NewHold
): Promise<Answer> {
  const locked = await lockAccount(trx, deps.clock, customerId)
  if (locked.account.holdReason === reason) return answerOf(locked.account, locked)
  const changes = { holdReason: reason, holdBy: caller.keyId, holdSince: locked.now }
  const account = await saveAccount(
    trx,
    locked,
    caller.keyId,
    [{ type: 'hold.set', subject: customerId, payload: { reason } }],
    { changes }
  )
  return answerOf(account, locked)
}

/** Lifts the manual hold. Lifting none changes nothing. */
export async function liftHold(deps: Deps, trx: Writer, caller: Caller, customerId: string): Promise<Answer> {
  const locked = await lockAccount(trx, deps.clock, customerId)
  const { holdReason, holdSince } = locked.account
  if (holdReason === null) return answerOf(locked.account, locked)
  const entry = { type: 'hold.lifted', subject: customerId, payload: { reason: holdReason, since: holdSince } } as const
  const account = await saveAccount(trx, locked, caller.keyId, [entry], {
    changes: { holdReason: null, holdBy: null, holdSince: null }
  })
  return answerOf(account, locked)
}

function answerOf(account: Row<'creditAccounts'>, { now, today }: { now: string; today: string }): Answer {
  return { status: 200, value: accountOf(account, now, today), etag: etagOf(account.version) }
}

function accountOf(account: Row<'creditAccounts'>, now: string, today: string): CreditAccount {
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
  const available = availableMinor(account, account, today)
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
