import type { Reader } from '../../database.ts'
import type { CheckVerdict, OpenAmount } from '../../engine/index.ts'
import type { CheckId, InvoiceId, OrderId } from '../../ids.ts'
import { sameJson, sha256 } from '../../platform/values/canonical.ts'
import { slicer } from '../../platform/work/pace.ts'
import { auditedCaptures, auditedChecks, auditedParts, auditedReservations, type OwnKey } from '../store/audit.ts'
import type { StoredDecision } from './audited-payload.ts'
import type { Findings } from './findings.ts'

type ExpectedCheck = OwnKey & {
  readonly decision: StoredDecision
  /** What it comes to when it is decided again; undefined when that cannot be told. */
  readonly verdict: CheckVerdict | undefined
  readonly where: string
}

/** What the chain says of a reservation, in minor units. */
export interface Hold {
  readonly checkId: CheckId
  readonly orderId: OrderId
  /** What was prepaid of the order, which is not reserved. */
  readonly prepaidMinor: number
  expiresAt: string
  amountMinor: number
  capturedMinor: number
  releasedMinor: number
  expiredMinor: number
  /** What is open of the items that it holds. */
  items: Map<string, OpenAmount>
}

type ExpectedReservation = OwnKey & { readonly hold: Hold; readonly active: boolean }
type ExpectedCapture = OwnKey & {
  /** Null: it became an item. */
  readonly invoiceId: InvoiceId | null
  readonly checkId: CheckId
  readonly amountMinor: number
  readonly where: string
}

/** What the whole chain says of a capture that others took from. */
type ExpectedParts = OwnKey & { readonly passedMinor: number; readonly releasedMinor: number }

/** How many rows one statement is asked for. */
const ROWS_MAX = 2_000

/** Rows that the chains say must be there. They are looked up together, and forgotten then. */
export class ExpectedRows {
  #checks: ExpectedCheck[] = []
  #reservations: ExpectedReservation[] = []
  #captures: ExpectedCapture[] = []
  #parts: ExpectedParts[] = []
  #afterwards: (() => void)[] = []

  /** What is looked at after the rows: how many there are says less than which one is missing. */
  afterwards(look: () => void): void {
    this.#afterwards.push(look)
  }

  check(expected: ExpectedCheck): void {
    this.#checks.push(expected)
  }

  reservation(expected: ExpectedReservation): void {
    this.#reservations.push(expected)
  }

  capture(expected: ExpectedCapture): void {
    this.#captures.push(expected)
  }

  parts(expected: ExpectedParts): void {
    this.#parts.push(expected)
  }

  /** Compares what was expected up to now with what there is. */
  async compare(db: Reader, findings: Findings): Promise<void> {
    const [checks, reservations, captures, given] = [this.#checks, this.#reservations, this.#captures, this.#parts]
    this.#checks = []
    this.#reservations = []
    this.#captures = []
    this.#parts = []
    for (const part of parts(checks)) await compareChecks(db, findings, part)
    for (const part of parts(reservations)) await compareReservations(db, findings, part)
    for (const part of parts(captures)) await compareCaptures(db, findings, part)
    for (const part of parts(given)) await compareParts(db, findings, part)
    for (const look of this.#afterwards.splice(0)) look()
  }
}

/** A decision is on file as it was made, and says what follows from its facts. */
async function compareChecks(db: Reader, findings: Findings, expected: readonly ExpectedCheck[]): Promise<void> {
  const found = byKey(await auditedChecks(db, expected))
  const slice = slicer()
  for (const { decision, verdict, where, ...key } of expected) {
    await slice()
    const row = found.get(keyOf(key))
    const same =
      row !== undefined && row.outcome === decision.outcome && sha256(row.document) === decision.documentSha256
    findings.expect('I15', same, () => `${where}: check ${key.id} on file is another decision`)
    if (!same || verdict === undefined) continue
    findings.expect(
      'I15',
      saysAll(row.document, verdict),
      () => `${where}: check ${key.id} does not follow from its facts`
    )
  }
}

/**
 * Whether a document says what a decision comes to. It is compared as the text that it was written
 * as, so that the whole need not be parsed; only one that was written otherwise is parsed.
 * Quotation marks within a text are escaped, so no text passes for a name.
 */
function saysAll(document: string, { reasons, ...verdict }: CheckVerdict): boolean {
  const says = ([name, value]: [string, unknown]) => {
    const at = document.indexOf(`"${name}":`)
    return at >= 0 && document.startsWith(`${JSON.stringify(value)},"`, at + name.length + 3)
  }
  if (Object.entries(verdict).every(says) && sameJson(writtenReasons(document), reasons)) return true
  const told = JSON.parse(document) as Readonly<Record<string, unknown>> & ToldReasons
  const parsed = Object.entries(verdict).every(([name, value]) => sameJson(told[name], value))
  return parsed && sameJson(codesOf(told), reasons)
}

interface ToldReasons {
  readonly reasons: readonly { readonly code: string }[]
}

/** The codes of the reasons, where they stand before the steps; undefined where they do not. */
function writtenReasons(document: string): string[] | undefined {
  const from = document.indexOf('"reasons":')
  const to = document.indexOf(',"steps":', from)
  return from < 0 || to < 0 ? undefined : codesOf(JSON.parse(`{${document.slice(from, to)}}`) as ToldReasons)
}

function codesOf({ reasons }: ToldReasons): string[] {
  return reasons.map(({ code }) => code)
}

/** A reservation is on file as its entries left it. */
async function compareReservations(
  db: Reader,
  findings: Findings,
  expected: readonly ExpectedReservation[]
): Promise<void> {
  const found = byKey(await auditedReservations(db, expected))
  for (const { hold, active, ...key } of expected) {
    const row = found.get(keyOf(key))
    const where = () => `${key.customerId} reservation ${key.id}`
    const agrees =
      row !== undefined &&
      Number(row.amountMinor) === hold.amountMinor &&
      Number(row.releasedMinor) === hold.releasedMinor &&
      Number(row.expiredMinor) === hold.expiredMinor
    findings.expect('I3', agrees, where)
    findings.expect('I5', Number(row?.capturedMinor) === hold.capturedMinor, where)
    findings.expect('I4', (row?.state === 'active') === active, where)
    findings.expect('I10', row?.expiresAt === hold.expiresAt, where)
  }
}

async function compareCaptures(db: Reader, findings: Findings, expected: readonly ExpectedCapture[]): Promise<void> {
  const found = byKey(await auditedCaptures(db, expected))
  for (const { invoiceId, checkId, amountMinor, where, ...key } of expected) {
    const row = found.get(keyOf(key))
    const agrees =
      row !== undefined &&
      row.invoiceId === invoiceId &&
      row.checkId === checkId &&
      Number(row.amountMinor) === amountMinor
    findings.expect(
      'I9',
      agrees,
      () => `${where}: ${invoiceId === null ? 'an item' : `invoice ${invoiceId}`} is on file with another capture`
    )
  }
}

/** What was passed on and released of captures is on file as the entries say. */
async function compareParts(db: Reader, findings: Findings, expected: readonly ExpectedParts[]): Promise<void> {
  const found = byKey(await auditedParts(db, expected))
  for (const { passedMinor, releasedMinor, ...key } of expected) {
    const row = found.get(keyOf(key))
    const agrees = Number(row?.passedMinor) === passedMinor && Number(row?.releasedMinor) === releasedMinor
    findings.expect('I21', agrees, () => `${key.customerId} capture ${key.id}: what is released or passed on of it`)
  }
}

const keyOf = ({ customerId, id }: OwnKey) => `${customerId} ${id}`

function byKey<Found extends OwnKey>(rows: readonly Found[]): Map<string, Found> {
  return new Map(rows.map((row) => [keyOf(row), row]))
}

function* parts<Item>(items: readonly Item[]): Generator<readonly Item[]> {
  for (let from = 0; from < items.length; from += ROWS_MAX) yield items.slice(from, from + ROWS_MAX)
}
