import { customerChain } from '../../accounts/store.ts'
import type { Moves } from '../../database.ts'
import type { CheckFacts } from '../../engine/index.ts'
import type { CustomerId } from '../../ids.ts'
import { GENESIS_HASH } from '../../platform/values/hash-chain.ts'
import type { AuditedAccount, AuditedEntry } from '../store/audit.ts'
import { NO_AMOUNTS, NOTHING_STANDS, type Payload, payloadOf, type Standing } from './audited-payload.ts'
import { auditAccount, auditCounts } from './books-audit.ts'
import { auditDecision, type Before, type DecidedBy, standingAfter } from './decision-audit.ts'
import { auditAllocations } from './documents-audit.ts'
import type { Findings } from './findings.ts'
import { HoldsAudit } from './holds-audit.ts'
import { ReleasesAudit } from './releases-audit.ts'
import type { ExpectedRows } from './rows-audit.ts'

/** Entries about a reservation that is to hold more. */
const DECIDES_MORE: ReadonlySet<string> = new Set(['reservation.adjusted', 'adjustment.refused'])

/** Walks one chain in order, keeping the amounts and the standing that it proves. */
export class ChainAudit {
  readonly #customerId: CustomerId
  readonly #findings: Findings
  readonly #decidedBy: DecidedBy
  readonly #rows: ExpectedRows
  readonly #holds: HoldsAudit
  readonly #chain: ReturnType<typeof customerChain>
  readonly #amounts: Record<keyof Moves, number> = { ...NO_AMOUNTS }
  readonly #releases = new ReleasesAudit()
  #currency: string | undefined
  #standing: Standing = NOTHING_STANDS
  #seq = 0
  #hash = GENESIS_HASH
  #at = ''
  #today = ''
  #feedPosition = 0
  #checks = 0

  constructor(customerId: CustomerId, findings: Findings, decidedBy: DecidedBy, rows: ExpectedRows) {
    this.#customerId = customerId
    this.#chain = customerChain(customerId)
    this.#findings = findings
    this.#decidedBy = decidedBy
    this.#rows = rows
    this.#holds = new HoldsAudit(customerId, findings, rows)
  }

  take(entry: AuditedEntry): void {
    const where = () => `${this.#customerId} entry ${entry.seq}`
    this.#findings.entries += 1
    const linked =
      entry.seq === this.#seq + 1 &&
      entry.previousHash === this.#hash &&
      entry.at >= this.#at &&
      this.#chain.hashOf(entry) === entry.hash
    this.#findings.expect('I14', linked, where)
    this.#findings.expect('I18', entry.feedPosition >= this.#feedPosition, where)
    this.#seq = entry.seq
    this.#hash = entry.hash
    this.#at = entry.at
    this.#feedPosition = entry.feedPosition
    try {
      this.#interpret(entry, where)
    } catch {
      // Whatever was done to an entry is a finding, never a failure of the auditor.
      this.#findings.expect('I14', false, () => `${where()}: unreadable`)
    }
  }

  #interpret(entry: AuditedEntry, where: () => string): void {
    const payload = payloadOf(entry)
    if (entry.type === 'check.decided') this.#decision(entry, payload, where)
    else {
      if (DECIDES_MORE.has(entry.type)) this.#increase(payload, where)
      this.#holds.step(entry, payload, where)
      this.#releases.step(entry, payload)
    }
    auditAllocations(this.#findings, payload, where)
    this.#standing = standingAfter(this.#standing, entry.type, payload)
    this.#move(payload.moves, where)
  }

  #decision(entry: AuditedEntry, payload: Payload, where: () => string): void {
    const { decision, facts, edition } = payload
    this.#checks += 1
    if (decision === undefined || facts === undefined) {
      this.#findings.expect('I15', false, () => `${where()}: facts missing`)
      return
    }
    this.#currency ??= facts.account.currency
    this.#day(facts, where)
    const verdict = auditDecision(this.#findings, this.#decidedBy, this.#before(), { decision, facts, edition }, where)
    const hold = this.#holds.decided(entry, { ...payload, decision, facts }, where)
    if (hold !== undefined) this.#releases.opened(hold)
    this.#rows.check({ customerId: this.#customerId, id: decision.checkId, decision, verdict, where: where() })
  }

  /** More for a reservation is decided like an order; less is not decided. */
  #increase({ decision, facts, edition }: Payload, where: () => string): void {
    if (decision === undefined || facts === undefined) return
    this.#day(facts, where)
    auditDecision(this.#findings, this.#decidedBy, this.#before(), { decision, facts, edition }, where)
  }

  /** A limit that has ended on one day is in force on no later decision. */
  #day({ today }: CheckFacts, where: () => string): void {
    const follows = today >= this.#today
    this.#findings.expect('I14', follows, () => `${where()}: decided as of a day before an earlier decision`)
    if (follows) this.#today = today
  }

  #before(): Before {
    return { amounts: this.#amounts, standing: this.#standing, releases: this.#releases }
  }

  #move(moves: Moves, where: () => string): void {
    const amounts = this.#amounts
    for (const amount of Object.keys(amounts) as (keyof Moves)[]) amounts[amount] += moves[amount] ?? 0
    const { receivablesMinor: _, specialMinor: __, ...unsigned } = amounts
    const whole = Object.values(amounts).every(Number.isSafeInteger)
    this.#findings.expect('I13', whole && Object.values(unsigned).every((amount) => amount >= 0), where)
  }

  /** Compares what the chain has proved with the account and its books. */
  close(account: AuditedAccount): void {
    this.#findings.customers += 1
    this.#holds.close()
    const proved = {
      amounts: this.#amounts,
      standing: this.#standing,
      seq: this.#seq,
      hash: this.#hash,
      currency: this.#currency,
      checks: this.#checks,
      reservations: this.#holds.opened,
      captures: this.#holds.captures,
      givenUpMinor: this.#holds.givenUpMinor
    }
    auditAccount(this.#findings, account, proved)
    this.#rows.afterwards(() => auditCounts(this.#findings, account, proved))
  }
}
