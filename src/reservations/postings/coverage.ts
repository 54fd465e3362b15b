import type { LockedAccount } from '../../accounts/store.ts'
import type { Moves, NewEntry, Posting, Row } from '../../database.ts'
import {
  type Measure,
  type Money,
  measureOf,
  minorOf,
  partOf,
  type Room,
  statedMoney,
  toMoney
} from '../../engine/index.ts'
import type { ConversionTarget } from '../../exposure-items/store.ts'
import type { CaptureId, CheckId } from '../../ids.ts'
import { Problem } from '../../platform/values/problem.ts'
import { said } from '../../platform/values/said.ts'
import { type CaptureParts, saveParts, saveReleased } from '../store.ts'
import texts from '../texts.json' with { type: 'json' }

const { details } = texts

type Capture = Row<'captures'>

/** What a capture has beyond its document, as an entry and an answer name it. */
export interface Excess {
  readonly captureId: CaptureId
  readonly checkId: CheckId
  readonly amountMinor: number
}

/** What a document can take over of a capture: all of it that nobody else took or ended. */
function heldMinor({ amountMinor, passedMinor, releasedMinor }: Capture): number {
  return amountMinor - passedMinor - releasedMinor
}

/** What of a capture counts: all of it while it waits, then what is beyond its document. */
export function countedMinor(capture: Capture): number {
  return capture.invoicedAt === null ? heldMinor(capture) : (capture.excessMinor ?? 0)
}

/** What of a capture its document has taken over: nothing while it waits. */
export function takenOver(capture: Capture, accountCurrency: string): Measure {
  return partOf(measureOf(capture, accountCurrency), heldMinor(capture) - countedMinor(capture))
}

/** What counts beyond their documents of some captures. */
export function excessesOf(captures: readonly Capture[]): Excess[] {
  return captures.flatMap(({ captureId, checkId, excessMinor }) =>
    excessMinor === null || excessMinor === 0 ? [] : [{ captureId, checkId, amountMinor: excessMinor }]
  )
}

/** Whether a capture became this document. */
export function becameOf({ invoiceId, itemSource, itemId }: Capture, { kind, source, id }: ConversionTarget): boolean {
  return kind === 'invoice' ? invoiceId === id : itemSource === source && itemId === id
}

/** What a document takes over of its captures, and what of them counts beside it. */
export interface Covered extends Pick<Posting, 'writes'> {
  /** How what counts as captured moves. */
  readonly moves: Moves
  /** The checks of the captures that waited for the document. */
  readonly checkIds: readonly CheckId[]
  readonly excesses: readonly Excess[]
}

/**
 * A document that is recorded, or changed, takes over its captures as far as it has room, in the
 * order in which they came. What is beyond it counts on as captured.
 */
export function coverCaptures(
  { account: { customerId, currency }, now }: LockedAccount,
  captures: readonly Capture[],
  room: Room
): Covered {
  const after = captures.map((capture): Capture => {
    const taken = room.take(partOf(measureOf(capture, currency), heldMinor(capture)))
    return { ...capture, invoicedAt: capture.invoicedAt ?? now, excessMinor: heldMinor(capture) - taken.amountMinor }
  })
  const changed = after.filter(
    ({ excessMinor }, index) => captures[index]?.invoicedAt === null || captures[index]?.excessMinor !== excessMinor
  )
  const total = (some: readonly Capture[]) => some.reduce((sum, capture) => sum + countedMinor(capture), 0)
  const movedMinor = total(after) - total(captures)
  return {
    moves: movedMinor === 0 ? {} : { capturedMinor: movedMinor },
    checkIds: captures.filter(({ invoicedAt }) => invoicedAt === null).map(({ checkId }) => checkId),
    excesses: excessesOf(after),
    writes: saveParts(customerId, changed.map(partsOf), now)
  }
}

/** What another document takes over of what counts beyond the documents of some captures. */
export interface PassedOn extends Pick<Posting, 'writes'> {
  readonly passedMinor: number
  readonly passed: readonly { readonly captureId: CaptureId; readonly amountMinor: number }[]
}

/** Passes on at most so much, of the earliest capture first. */
export function passOn(
  { account: { customerId }, now }: LockedAccount,
  captures: readonly Capture[],
  mostMinor: number
): PassedOn {
  const passed: { captureId: CaptureId; amountMinor: number }[] = []
  const parts: CaptureParts[] = []
  let leftMinor = mostMinor
  for (const capture of captures) {
    const amountMinor = Math.min(leftMinor, capture.excessMinor ?? 0)
    if (amountMinor === 0) continue
    leftMinor -= amountMinor
    passed.push({ captureId: capture.captureId, amountMinor })
    const excessMinor = (capture.excessMinor ?? 0) - amountMinor
    parts.push(partsOf({ ...capture, excessMinor, passedMinor: capture.passedMinor + amountMinor }))
  }
  return { passedMinor: mostMinor - leftMinor, passed, writes: saveParts(customerId, parts, now) }
}

function partsOf({ captureId, excessMinor, passedMinor, releasedMinor }: Capture): CaptureParts {
  return { captureId, excessMinor: excessMinor ?? 0, passedMinor, releasedMinor }
}

/**
 * Ends some or all of what still counts of a capture, by the decision of a person: what its
 * document has taken over stays. Throws `release-exceeds-capture` and `currency-mismatch`.
 */
export function releaseOf(
  { account: { currency } }: LockedAccount,
  capture: Capture,
  { amount, reason }: { readonly amount: Money | undefined; readonly reason: string }
): Posting {
  const { captureId, checkId, excessMinor } = capture
  const mostMinor = countedMinor(capture)
  const counts = toMoney(mostMinor, currency)
  if (amount !== undefined && amount.currency !== currency)
    throw new Problem('currency-mismatch', said(details.captureCurrency, { captureId, currency }))
  const amountMinor = amount === undefined ? mostMinor : minorOf(amount)
  if (amountMinor === 0 || amountMinor > mostMinor) {
    const wanted = statedMoney(toMoney(amountMinor, currency))
    const detail =
      mostMinor === 0
        ? said(details.nothingCounts, { captureId })
        : said(details.releaseExceeds, { wanted, captureId, counts: statedMoney(counts) })
    throw new Problem('release-exceeds-capture', detail, { members: { counts: counts.amount } })
  }
  const after: Capture = {
    ...capture,
    releasedMinor: capture.releasedMinor + amountMinor,
    excessMinor: excessMinor === null ? null : excessMinor - amountMinor
  }
  const entry: NewEntry = {
    type: 'capture.released',
    subject: checkId,
    payload: { captureId, amountMinor, reason, countedMinor: countedMinor(after) },
    moves: { capturedMinor: -amountMinor }
  }
  return { entries: [entry], writes: [saveReleased(after)] }
}

/** What became of a capture, in minor units. */
export function shareOut(capture: Capture) {
  const counts = countedMinor(capture)
  const state = counts === 0 ? 'settled' : capture.invoicedAt === null ? 'waiting' : 'exceeding'
  return { state, takenOverMinor: heldMinor(capture) - counts, countsMinor: counts } as const
}
