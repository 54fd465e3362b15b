import fc from 'fast-check'
import type { Loss } from './client.ts'
import type { AskedCheck, Command, OpenInvoice, OpenItem, Origin } from './reference/commands.ts'
import type { Currency } from './reference/money.ts'
import type { Fault } from './stage.ts'

type CommandOf<Name extends Command['do']> = Extract<Command, { do: Name }>
type Drawn = Exclude<Command, { do: 'adjust' | 'capture' | 'credit' | 'allocate' | 'reconcile' }>

/** What of a credit is to settle an invoice, before it is known which there are. */
export interface DrawnAllocation {
  readonly invoice: number
  /** A share of the credit. */
  readonly share: number
  /** No more than is open of the invoice. */
  readonly fits: boolean
  /** In another currency the caller says what of the invoice is settled. */
  readonly says: boolean
}

/**
 * A command as it is drawn: checks, orders and invoices are named by any number, and mean one of
 * those that there are by then.
 */
export type DrawnCommand =
  | Drawn
  /** `times`: the amount is so many times that of the reservation. */
  | (CommandOf<'adjust'> & { readonly times: number | null })
  /** `share`: the amount is this share of what is left of the order in its own currency. */
  | (CommandOf<'capture'> & { readonly share: number | null })
  | (Omit<CommandOf<'credit'>, 'allocations'> & { readonly allocations: DrawnAllocation[] | null })
  | (Omit<CommandOf<'allocate'>, 'allocations'> & { readonly allocations: DrawnAllocation[] | null })
  /** `like`: all that is recorded as open is in the snapshot as well. `at`: so long ago. */
  | (CommandOf<'reconcile'> & { readonly like: boolean })
  | { readonly do: 'batch'; readonly checks: readonly (AskedCheck & { who: number })[] }
  /** Something that was answered is asked for again. */
  | { readonly do: 'repeat'; readonly nth: number }
  /** The same for the other customer, with the same key. */
  | { readonly do: 'reuse'; readonly nth: number }

/** A command on its way to one of the customers. */
export interface Sending {
  readonly command: DrawnCommand
  readonly who: number
  readonly instance: number
  readonly loss: Loss | null
}

/** Commands that are sent at once, and what breaks meanwhile. */
export interface Round {
  readonly drawn: readonly Sending[]
  readonly fault: Fault | null
}

export const THOUSAND = 100_000
export const ORDERS = 4
const INVOICES = 6
const CREDITS = 3
const DELIVERIES = 3
/** So many CNY are about a USD. */
export const CNY_PER_USD = 7
const BATCH = { minLength: 2, maxLength: 3 }
const ROUNDS = { minLength: 6, maxLength: 18 }
export const AT_ONCE = { minLength: 1, maxLength: 6 }

/**
 * All that may happen to two customers. `faults` says what may break below the service, besides
 * answers that get lost.
 */
export function roundsOf(faults: readonly Fault['kind'][]): fc.Arbitrary<Round[]> {
  const loss: fc.Arbitrary<Loss> = fc.oneof(
    fc.constant({ kind: 'response' as const }),
    fc.record({ kind: fc.constant('connection' as const), afterMs: fc.nat(8) })
  )
  const drawn = fc.record({ command: commands(), who: someone(), instance: fc.nat(99), loss: sometimes(loss, 6) })
  const round = fc.record({ drawn: fc.array(drawn, { ...AT_ONCE, size: 'max' }), fault: faultOf(faults) })
  return fc.array(round, { ...ROUNDS, size: 'max' })
}

/** More often the first customer, so that the history of one is long. */
function someone(): fc.Arbitrary<number> {
  return fc.oneof({ weight: 2, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.constant(1) })
}

function commands(): fc.Arbitrary<DrawnCommand> {
  // Whole thousands among them, so that an exposure equals its limit now and then.
  const thousands = fc.integer({ min: 1, max: 12 }).map((whole) => whole * THOUSAND)
  const amount = fc.oneof(thousands, fc.integer({ min: 1, max: 12 * THOUSAND }))
  const currency: fc.Arbitrary<Currency> = fc.oneof(
    { weight: 2, arbitrary: fc.constant('CNY' as const) },
    { weight: 1, arbitrary: fc.constant('USD' as const) }
  )
  const money = fc.record({ amount, currency }).map((drawn) => {
    return drawn.currency === 'CNY' ? drawn : { ...drawn, amount: Math.ceil(drawn.amount / CNY_PER_USD) }
  })
  const check = fc.nat(999)
  const invoice = fc.nat(INVOICES - 1)
  const kind = fc.constantFrom('payment' as const, 'credit_note' as const)
  const credit = fc.nat(CREDITS - 1)
  const day = fc.constantFrom(0, 0, -1, -2)
  const seconds = fc.constantFrom(60, 300, 900, 3_600)
  const limit = fc.integer({ min: 10, max: 30 }).map((whole) => whole * THOUSAND)
  const order = fc.nat(ORDERS - 1).map((number) => `SO-${number}`)
  const delivery = fc.nat(DELIVERIES - 1).map((number) => `DN-${number}`)
  const item = fc.oneof(order, delivery)
  const version = fc.constant(0)
  const part = fc.integer({ min: 1, max: 5 }).map((whole) => whole * THOUSAND)
  const fromCheck: fc.Arbitrary<Origin> = fc.record({ check, final: fc.boolean(), amount: part })
  const fromItem = (origin: fc.Arbitrary<string>): fc.Arbitrary<Origin> =>
    fc.record({ item: origin, final: fc.constant(false), amount: part })
  const fromOrder = fc.oneof(fromCheck, fromItem(order))
  const ofItem = { do: fc.constant('item' as const), amount, version }
  const asked = fc
    .record({
      do: fc.constant('check' as const),
      check,
      order,
      seconds,
      keyed: fc.nat(3).map(Boolean),
      waits: fc.nat(2).map(Boolean),
      money
    })
    .map(({ money: stated, ...rest }) => ({ ...rest, ...stated }))
  const inBatch = fc.record({ asked, who: someone() }).map(({ asked: order, who }) => ({ ...order, who }))
  const allocation = fc.record({
    invoice,
    share: fc.constantFrom(0.3, 0.5, 1, 1.2),
    fits: fc.nat(2).map(Boolean),
    says: fc.boolean()
  })
  const allocations = fc.oneof(
    { weight: 2, arbitrary: fc.constant(null) },
    { weight: 3, arbitrary: fc.uniqueArray(allocation, { maxLength: 2, selector: (each) => each.invoice }) }
  )
  const openInvoice: fc.Arbitrary<OpenInvoice> = fc
    .record({ invoice, money, day, share: fc.constantFrom(1, 0.5, 0.3) })
    .map(({ share, money: stated, ...rest }) => ({ ...rest, ...stated, open: Math.ceil(stated.amount * share) }))
  const openCredit = fc
    .record({ kind, credit, money, day, share: fc.constantFrom(1, 0.5) })
    .map(({ share, money: stated, ...rest }) => {
      return { ...rest, ...stated, unapplied: Math.ceil(stated.amount * share) }
    })
  const openItem: fc.Arbitrary<OpenItem> = fc.record({ item, open: amount })
  const snapshot = fc.record({
    do: fc.constant('reconcile' as const),
    apply: fc.nat(3).map(Boolean),
    like: fc.boolean(),
    at: fc.constantFrom(0, 0, 0, 30, 60, 60, 400, 1_000, -200, -400),
    version,
    invoices: sometimes(fc.uniqueArray(openInvoice, { maxLength: 3, selector: (each) => each.invoice }), 0.25),
    credits: sometimes(
      fc.uniqueArray(openCredit, { maxLength: 2, selector: (each) => `${each.kind} ${each.credit}` }),
      0.5
    ),
    items: sometimes(fc.uniqueArray(openItem, { maxLength: 3, selector: (each) => each.item }), 0.5)
  })
  const weighted: [number, fc.Arbitrary<DrawnCommand>][] = [
    [16, asked],
    [2, fc.record({ do: fc.constant('batch' as const), checks: fc.array(inBatch, BATCH) })],
    [
      8,
      fc.record({
        do: fc.constant('adjust' as const),
        check,
        amount,
        times: sometimes(fc.constantFrom(0.5, 1.03, 1.05, 1.08, 1.1, 1.6), 0.25)
      })
    ],
    [
      6,
      fc.record({
        do: fc.constant('decide' as const),
        check,
        release: fc.nat(3).map(Boolean),
        tolerance: fc.constantFrom(0, 0.05, 0.1, 0.1, 0.1),
        until: fc.constantFrom(30, 3_600)
      })
    ],
    [2, fc.constant({ do: 'reevaluate' as const })],
    [3, fc.record({ ...ofItem, item: order, from: sometimes(fromCheck, 1) })],
    [3, fc.record({ ...ofItem, item: delivery, from: sometimes(fromOrder, 1) })],
    [1, fc.record({ do: fc.constant('close' as const), item, version })],
    [4, snapshot],
    [
      9,
      fc
        .record({
          do: fc.constant('capture' as const),
          check,
          amount: part,
          currency,
          share: sometimes(fc.constantFrom(0.13, 0.3, 0.5, 1), 0.25),
          invoice,
          final: fc.nat(3).map((number) => number === 0)
        })
        .map((drawn) => ({
          ...drawn,
          amount: drawn.currency === 'CNY' ? drawn.amount : Math.ceil(drawn.amount / CNY_PER_USD)
        }))
    ],
    [4, fc.record({ do: fc.constant('release' as const), check })],
    [
      6,
      fc
        .record({
          do: fc.constant('invoice' as const),
          invoice,
          money,
          day,
          from: sometimes(fc.oneof(fromCheck, fromItem(item)), 1)
        })
        .map(({ money: stated, ...rest }) => ({ ...rest, ...stated }))
    ],
    [
      5,
      fc
        .record({ do: fc.constant('credit' as const), kind, credit, money, day, allocations })
        .map(({ money: stated, ...rest }) => ({ ...rest, ...stated }))
    ],
    [3, fc.record({ do: fc.constant('allocate' as const), kind, credit, currency, allocations })],
    [2, fc.record({ do: fc.constant('limit' as const), amount: limit })],
    [1, fc.constant({ do: 'hold' as const })],
    [2, fc.constant({ do: 'lift' as const })],
    [
      3,
      fc.record({
        do: fc.constant('rate' as const),
        day: fc.constantFrom(0, 0, -1),
        rate: fc.integer({ min: 65_000, max: 77_000 })
      })
    ],
    [3, fc.record({ do: fc.constant('tick' as const), seconds: fc.constantFrom(30, 60, 400) })],
    [2, fc.constant({ do: 'exposure' as const })],
    [2, fc.record({ do: fc.constant('reservation' as const), check })],
    [2, fc.record({ do: fc.constant('repeat' as const), nth: fc.nat(999) })],
    [2, fc.record({ do: fc.constant('reuse' as const), nth: fc.nat(999) })]
  ]
  return fc.oneof(...weighted.map(([weight, arbitrary]) => ({ weight, arbitrary })))
}

/** Nothing, so many times as often as something. */
function sometimes<Value>(arbitrary: fc.Arbitrary<Value>, notOf: number): fc.Arbitrary<Value | null> {
  const scale = 100
  return fc.oneof({ weight: notOf * scale, arbitrary: fc.constant(null) }, { weight: scale, arbitrary })
}

function faultOf(kinds: readonly Fault['kind'][]): fc.Arbitrary<Fault | null> {
  const afterMs = fc.nat(12)
  const all: { [Kind in Fault['kind']]: fc.Arbitrary<Fault> } = {
    sessions: fc.record({ kind: fc.constant('sessions'), afterMs }),
    messages: fc.record({ kind: fc.constant('messages'), messages: fc.integer({ min: 1, max: 16 }) }),
    instance: fc.record({ kind: fc.constant('instance'), instance: fc.nat(99), afterMs }),
    database: fc.record({ kind: fc.constant('database'), afterMs })
  }
  return kinds.length === 0 ? fc.constant(null) : sometimes(fc.oneof(...kinds.map((kind) => all[kind])), 3)
}

/** The rounds in words, one a line. */
export function tell(rounds: readonly Round[]): string {
  const line = ({ drawn, fault }: Round) => {
    const commands = drawn.map(({ command, who, instance, loss }) => {
      const lost = loss === null ? '' : ` lost: ${JSON.stringify(loss)}`
      return `${JSON.stringify(command)} of ${who} at ${instance}${lost}`
    })
    return `  ${commands.join(' | ')}${fault === null ? '' : ` while ${JSON.stringify(fault)}`}`
  }
  return rounds.map(line).join('\n')
}
