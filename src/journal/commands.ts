import { requireAccount } from '../accounts/store.ts'
import type { Moves, Reader, Row } from '../database.ts'
import type { Deps } from '../deps.ts'
import {
  type CheckFacts,
  type CheckVerdict,
  checkOrder,
  type Money,
  minorOf,
  type Policy,
  totalExposureMinor
} from '../engine/index.ts'
import { canonicalJson } from '../platform/canonical.ts'
import { GENESIS_HASH, hashOfLink } from '../platform/hash-chain.ts'
import { keyOfCursor, PAGE_LIMIT_DEFAULT, type Page, pageOfRows } from '../platform/page.ts'
import type { INVARIANTS, JournalQuery, SelfCheck } from './schema.ts'
import { auditedCustomers, type BookTotals, bookTotals, listEntries, reservationRows } from './store.ts'

type Invariant = (typeof INVARIANTS)[number]

const STATEMENTS: Readonly<Record<Invariant, string>> = {
  I1: 'No approval was granted above the limit at its own commit point.',
  I2: 'The amounts of each account are the sums of its journal; its limit, rating and hold are those last recorded there.',
  I3: 'Of each reservation: amount = captured + released + expired + open, as its journal says.',
  I4: 'A reservation ends at most once, and nothing happens to it afterwards.',
  I9: 'An order holds at most one active reservation; an invoice captures at most once.',
  I11: 'Receivables and captured amounts are those of the recorded invoices and of the captures that wait for theirs: nothing counts twice.',
  I13: 'All amounts are whole minor units, and none is below zero where it cannot be.',
  I14: 'Each chain runs from 1 without gap, in order of time, and every entry carries the hash that it must have.',
  I15: 'Each order check, decided again on its stored facts under the same policy version, gives the same answer.'
}

const ENTRIES_PAGE = 500
const CUSTOMERS_PAGE = 200

/**
 * Verifies the ledger: every chain from its first entry, every account against its chain and its books. Each customer is read in one
 * snapshot, so that it can run while orders are decided.
 */
export async function selfCheck({ db, policy }: Pick<Deps, 'db' | 'policy'>): Promise<SelfCheck> {
  const audit = new Audit(policy)
  let after: string | undefined
  for (;;) {
    const customerIds = await auditedCustomers(db, after, CUSTOMERS_PAGE)
    for (const customerId of customerIds) {
      await db
        .transaction()
        .setIsolationLevel('repeatable read')
        .execute((trx) => auditCustomer(trx, customerId, audit))
    }
    after = customerIds.at(-1)
    if (customerIds.length < CUSTOMERS_PAGE) return audit.report()
  }
}

/** A customer's entries, oldest first. */
export async function pageOfEntries(
  db: Reader,
  customerId: string,
  { cursor, limit = PAGE_LIMIT_DEFAULT }: JournalQuery
): Promise<Page<Row<'journal'>>> {
  await requireAccount(db, customerId)
  const listing = { list: 'journal', customerId }
  const rows = await listEntries(db, customerId, Number(keyOfCursor(cursor, listing) ?? 0), limit + 1)
  return pageOfRows(rows, limit, listing, (entry) => String(entry.seq))
}

async function auditCustomer(db: Reader, customerId: string, audit: Audit): Promise<void> {
  audit.customers += 1
  const chain = new ChainAudit(customerId, audit)
  let afterSeq = 0
  for (;;) {
    const entries = await listEntries(db, customerId, afterSeq, ENTRIES_PAGE)
    for (const entry of entries) chain.take(entry)
    afterSeq = entries.at(-1)?.seq ?? afterSeq
    if (entries.length < ENTRIES_PAGE) break
  }
  chain.close(await bookTotals(db, customerId), await requireAccount(db, customerId))
  for (const row of await reservationRows(db, customerId)) chain.reservation(row)
}

/** Counts what was looked at, and keeps the first breach of each invariant. */
class Audit {
  customers = 0
  entries = 0
  readonly policy: Policy
  readonly #findings = new Map<Invariant, { checked: number; firstBad: string | null }>()

  constructor(policy: Policy) {
    this.policy = policy
    for (const invariant of Object.keys(STATEMENTS) as Invariant[])
      this.#findings.set(invariant, { checked: 0, firstBad: null })
  }

  expect(invariant: Invariant, holds: boolean, where: string): void {
    const finding = this.#findings.get(invariant)
    if (finding === undefined) return
    finding.checked += 1
    if (!holds) finding.firstBad ??= where.slice(0, 300)
  }

  report(): SelfCheck {
    const findings = [...this.#findings].map(([invariant, { checked, firstBad }]) => ({
      invariant,
      statement: STATEMENTS[invariant],
      checked,
      valid: firstBad === null,
      firstBad
    }))
    return { valid: findings.every(({ valid }) => valid), customers: this.customers, entries: this.entries, findings }
  }
}

/** What an account holds besides its amounts. */
type Standing = Pick<
  CheckFacts['account'],
  | 'limitMode'
  | 'limitMinor'
  | 'limitValidUntil'
  | 'limitDecisionId'
  | 'termsDays'
  | 'holdReason'
  | 'grade'
  | 'ratingValidUntil'
>

/** An account to which nothing has happened yet. */
const NOTHING_STANDS: Standing = {
  limitMode: 'none',
  limitMinor: 0,
  limitValidUntil: null,
  limitDecisionId: null,
  termsDays: null,
  holdReason: null,
  grade: null,
  ratingValidUntil: null
}

interface HeldAmounts {
  amountMinor: number
  capturedMinor: number
  reservedMinor: number
  ended: boolean
  orderId: string
}

/** Walks one chain in order, keeping the sums and the standing that it proves. */
class ChainAudit {
  readonly #customerId: string
  readonly #audit: Audit
  readonly #sums = { receivablesMinor: 0, capturedMinor: 0, reservedMinor: 0 }
  readonly #holds = new Map<string, HeldAmounts>()
  readonly #capturedInvoices = new Set<string>()
  #standing = NOTHING_STANDS
  #seq = 0
  #hash = GENESIS_HASH
  #at = ''

  constructor(customerId: string, audit: Audit) {
    this.#customerId = customerId
    this.#audit = audit
  }

  take(entry: Row<'journal'>): void {
    const where = `${this.#customerId} entry ${entry.seq}`
    const linked =
      entry.seq === this.#seq + 1 &&
      entry.previousHash === this.#hash &&
      entry.at >= this.#at &&
      hashOfLink(entry) === entry.hash
    this.#audit.entries += 1
    this.#audit.expect('I14', linked, where)
    this.#seq = entry.seq
    this.#hash = entry.hash
    this.#at = entry.at
    try {
      this.#interpret(entry, where)
    } catch {
      // Whatever was done to an entry is a finding, never a failure of the auditor.
      this.#audit.expect('I14', false, `${where}: unreadable`)
    }
  }

  #interpret(entry: Row<'journal'>, where: string): void {
    const payload = JSON.parse(entry.payload) as Payload
    if (entry.type === 'check.decided') this.#check(payload, where)
    else if (entry.type.startsWith('reservation.')) this.#step(entry, payload, where)
    this.#standing = { ...this.#standing, ...changedBy(entry, payload) }
    this.#move(payload.moves, where)
  }

  #move({ receivablesMinor = 0, capturedMinor = 0, reservedMinor = 0 }: Moves, where: string): void {
    this.#sums.receivablesMinor += receivablesMinor
    this.#sums.capturedMinor += capturedMinor
    this.#sums.reservedMinor += reservedMinor
    const whole = Object.values(this.#sums).every(Number.isSafeInteger)
    this.#audit.expect('I13', whole && this.#sums.capturedMinor >= 0 && this.#sums.reservedMinor >= 0, where)
  }

  #check({ decision, facts }: Payload, where: string): void {
    if (decision === undefined || facts === undefined) {
      this.#audit.expect('I15', false, `${where}: facts missing`)
      return
    }
    const { account, order } = facts
    const seen =
      account.receivablesMinor === this.#sums.receivablesMinor &&
      account.capturedMinor === this.#sums.capturedMinor &&
      account.reservedMinor === this.#sums.reservedMinor
    this.#audit.expect('I2', seen, `${where}: decided on other amounts than the chain holds`)
    this.#audit.expect('I2', this.#stands(account), `${where}: decided on another limit, rating or hold`)
    if (decision.policy.id === this.#audit.policy.id && decision.policy.version === this.#audit.policy.version) {
      this.#audit.expect('I15', sameDecision(checkOrder(this.#audit.policy, facts), decision), where)
    }
    if (decision.outcome !== 'approved') return
    const within =
      account.limitMode === 'unlimited' || totalExposureMinor(this.#sums) + order.amountMinor <= account.limitMinor
    this.#audit.expect('I1', within, where)
    const active = [...this.#holds.values()].some((hold) => hold.orderId === order.orderId && !hold.ended)
    this.#audit.expect('I9', !active, `${where}: order ${order.orderId} already held a reservation`)
    this.#holds.set(decision.checkId, {
      amountMinor: order.amountMinor,
      capturedMinor: 0,
      reservedMinor: order.amountMinor,
      ended: false,
      orderId: order.orderId
    })
  }

  #step(entry: Row<'journal'>, { moves, amountMinor = 0, invoiceId, state }: Payload, where: string): void {
    const hold = this.#holds.get(entry.subject)
    this.#audit.expect('I4', hold !== undefined && !hold.ended, where)
    if (hold === undefined) return
    hold.reservedMinor += moves.reservedMinor ?? 0
    if (entry.type === 'reservation.captured') {
      hold.capturedMinor += amountMinor
      this.#audit.expect(
        'I9',
        invoiceId !== undefined && !this.#capturedInvoices.has(invoiceId),
        `${where}: invoice ${invoiceId} captured twice`
      )
      if (invoiceId !== undefined) this.#capturedInvoices.add(invoiceId)
    }
    hold.ended = entry.type !== 'reservation.captured' || state !== 'active'
    this.#audit.expect('I3', hold.reservedMinor >= 0 && (!hold.ended || hold.reservedMinor === 0), where)
  }

  #stands(account: Standing): boolean {
    const names = Object.keys(NOTHING_STANDS) as (keyof Standing)[]
    return names.every((name) => account[name] === this.#standing[name])
  }

  close(books: BookTotals, account: Standing): void {
    const where = this.#customerId
    const { receivablesMinor, capturedMinor, reservedMinor } = this.#sums
    const cached =
      books.accountReceivablesMinor === receivablesMinor &&
      books.accountCapturedMinor === capturedMinor &&
      books.accountReservedMinor === reservedMinor
    this.#audit.expect('I2', cached, `${where}: account and journal differ`)
    this.#audit.expect('I2', this.#stands(account), `${where}: limit, rating or hold of the account`)
    this.#audit.expect(
      'I14',
      books.journalSeq === this.#seq && books.journalHash === this.#hash,
      `${where}: head of the chain`
    )
    this.#audit.expect(
      'I11',
      books.openInvoicesMinor - books.unappliedMinor === receivablesMinor,
      `${where}: receivables`
    )
    this.#audit.expect('I11', books.waitingCapturesMinor === capturedMinor, `${where}: captured`)
    this.#audit.expect('I3', books.activeReservationsMinor === reservedMinor, `${where}: reserved`)
  }

  reservation(row: Row<'reservations'>): void {
    const hold = this.#holds.get(row.checkId)
    const open = row.amountMinor - row.capturedMinor - row.releasedMinor - row.expiredMinor
    const agrees =
      hold !== undefined &&
      hold.amountMinor === row.amountMinor &&
      hold.capturedMinor === row.capturedMinor &&
      hold.reservedMinor === open
    this.#audit.expect('I3', agrees, `${this.#customerId} reservation ${row.checkId}`)
    this.#audit.expect(
      'I4',
      hold !== undefined && hold.ended === (row.state !== 'active'),
      `${this.#customerId} reservation ${row.checkId}`
    )
  }
}

/** What the auditor reads of an entry's payload. */
interface Payload {
  readonly moves: Moves
  readonly decision?: {
    readonly checkId: string
    readonly outcome: string
    readonly policy: { id: string; version: number }
    readonly reasons: readonly { code: string }[]
    /** Of a limit decision: what it granted. */
    readonly limitDecisionId?: string
    readonly decision?: {
      readonly mode: Standing['limitMode']
      readonly amount: Money
      readonly termsDays: number
      readonly validUntil: string
    }
  } & Record<string, unknown>
  readonly facts?: CheckFacts
  readonly amountMinor?: number
  readonly invoiceId?: string
  readonly state?: string
  readonly reason?: string
  readonly result?: Pick<Standing, 'grade'>
  readonly ratingValidUntil?: string | null
}

/** What an entry changes of the account besides its amounts. */
function changedBy(
  { type }: Row<'journal'>,
  { decision, reason, result, ratingValidUntil }: Payload
): Partial<Standing> {
  if (type === 'hold.set') return { holdReason: reason ?? null }
  if (type === 'hold.lifted') return { holdReason: null }
  if (type === 'assessment.made') return { grade: result?.grade ?? null, ratingValidUntil: ratingValidUntil ?? null }
  const granted = decision?.decision
  if (type !== 'limit.applied' || granted === undefined) return {}
  return {
    limitMode: granted.mode,
    limitMinor: granted.mode === 'limited' ? minorOf(granted.amount) : 0,
    limitValidUntil: granted.validUntil,
    limitDecisionId: decision?.limitDecisionId ?? null,
    termsDays: granted.termsDays
  }
}

function sameDecision({ reasons, ...again }: CheckVerdict, stored: NonNullable<Payload['decision']>): boolean {
  const kept = Object.fromEntries(Object.keys(again).map((name) => [name, stored[name]]))
  const codes = stored.reasons.map(({ code }) => code)
  return canonicalJson({ ...again, reasons }) === canonicalJson({ ...kept, reasons: codes })
}
