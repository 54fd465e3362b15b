import type { INVARIANTS, NOT_JUDGED, SelfCheck } from '../schema.ts'

type Invariant = (typeof INVARIANTS)[number]

const STATEMENTS: Readonly<Record<Invariant, string>> = {
  I1: 'No approval was granted above the limit at its own commit point, unless a person had released the order.',
  I2: 'The amounts of each account are the sums of its journal; its limit, rating and hold are those last recorded there.',
  I3: 'Of each reservation: amount, with its adjustments, = captured + released + expired + open, as its journal says.',
  I4: 'A reservation ends at most once, and nothing happens to it afterwards.',
  I5: 'What is captured of a reservation never decreases: every capture adds to it, and stays.',
  I6: 'An Idempotency-Key has one effect and one answer: that of the check which is on file, and of no other key.',
  I9: 'An order holds at most one active reservation; an invoice captures it at most once.',
  I10: 'No reservation expires before its time or is used after it, and none whose time was up counted in a decision.',
  I11: 'Each category of the exposure and each day of the ledger is the sum of its documents, and no captured amount counts beside its invoice: nothing counts twice.',
  I13: 'All amounts are whole minor units in the one currency of the account, and none is below zero where it cannot be.',
  I14: 'Each chain runs from 1 without gap, in order of time, and every entry carries the hash that it must have.',
  I15: 'Each order check, decided again on its stored facts under the same policy version, gives the same answer.',
  I17: 'Each approval beyond the limit names a release that a person had given before, and keeps to its amount and its time.',
  I18: 'Each entry is one event, and the events of a customer come in the order of its chain.',
  I19: 'A release or an expiry gives back exactly what was open, and moves nothing else.',
  I21: 'What an invoice or an exposure item takes over never exceeds it; what is beyond it counts on as captured until a person releases it.',
  I22: 'What a caller states that money settles counts as far as the money is worth it: in one currency a unit for a unit, otherwise within a share around the rate of the day. A discount is no more than the money in time has earned.'
}

const ELSEWHERE: Readonly<Record<(typeof NOT_JUDGED)[number], string>> = {
  I7: 'That every answer a client received is here takes the client’s own record of its answers.',
  I8: 'That every entry belongs to a request takes the clients’ own record of their requests.',
  I12: 'One database holds one organisation: there is no other whose rows could be touched.',
  I16: 'That answers agree with the order in time takes the clients’ own record of when they were sent and received.',
  I20: 'There are no signed checkpoints.'
}

/** Counts what was looked at, and keeps the first breach of each invariant. */
export class Findings {
  customers = 0
  entries = 0
  readonly #findings = new Map<Invariant, { checked: number; firstBad: string | null }>()
  readonly #earlier = new Map<Invariant, { count: number; first: string }>()

  constructor() {
    for (const invariant of Object.keys(STATEMENTS) as Invariant[])
      this.#findings.set(invariant, { checked: 0, firstBad: null })
  }

  /** `where` names the row, and is asked for only when it does not hold. */
  expect(invariant: Invariant, holds: boolean, where: () => string): void {
    const finding = this.#findings.get(invariant)
    if (finding === undefined) return
    finding.checked += 1
    if (!holds) finding.firstBad ??= where().slice(0, 300)
  }

  /** Counts rows from before an invariant that break it: they are told of, and are no breach. */
  remark(invariant: Invariant, count: number, first: string): void {
    const known = this.#earlier.get(invariant)
    this.#earlier.set(invariant, { count: (known?.count ?? 0) + count, first: known?.first ?? first.slice(0, 300) })
  }

  report(): Omit<SelfCheck, 'whole' | 'from'> {
    const findings = [...this.#findings].map(([invariant, { checked, firstBad }]) => ({
      ...this.#remarked(invariant),
      invariant,
      statement: STATEMENTS[invariant],
      checked,
      valid: firstBad === null,
      firstBad
    }))
    const notJudged = (Object.keys(ELSEWHERE) as (keyof typeof ELSEWHERE)[]).map((invariant) => ({
      invariant,
      why: ELSEWHERE[invariant]
    }))
    const valid = findings.every((finding) => finding.valid)
    return { valid, customers: this.customers, entries: this.entries, findings, notJudged }
  }

  #remarked(invariant: Invariant) {
    const earlier = this.#earlier.get(invariant)
    return earlier === undefined ? {} : { earlier }
  }
}
