import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import type { Answered, Asked, Loss } from './client.ts'
import { newCustomer } from './customers.ts'
import { expected, explain, type Observed } from './linearize.ts'
import { type Account, type Command, newAccount } from './model.ts'
import { askedOf, type Books, resultOf } from './operations.ts'
import type { Fault, Stage } from './stage.ts'

/** A command as it is drawn: checks, orders and invoices are named by any number, and mean one of those that there are by then. */
interface Drawn {
  readonly command: Command | { readonly do: 'repeat'; readonly nth: number }
  readonly instance: number
  readonly loss: Loss | null
}

/** Commands that are sent at once, and what breaks meanwhile. */
export interface Round {
  readonly drawn: readonly Drawn[]
  readonly fault: Fault | null
}

const THOUSAND = 100_000
const ORDERS = 4
const INVOICES = 6
const ROUNDS = { minLength: 3, maxLength: 11 }
/** With a fault every attempt that nobody heard of may count as well, so there are fewer at once. */
const AT_ONCE = { minLength: 1, maxLength: 4 }
const AT_ONCE_IN_FAULT = 3

/** All that may happen to one customer. `faults` says what may break below the service, besides answers that get lost. */
export function roundsOf(faults: readonly Fault['kind'][]): fc.Arbitrary<Round[]> {
  // Whole thousands among them, so that an exposure equals its limit now and then.
  const thousands = fc.integer({ min: 1, max: 12 }).map((whole) => whole * THOUSAND)
  const amount = fc.oneof(thousands, fc.integer({ min: 1, max: 12 * THOUSAND }))
  const check = fc.nat(999)
  const invoice = fc.nat(INVOICES - 1)
  const seconds = fc.constantFrom(60, 300, 900, 3_600)
  const limit = fc.integer({ min: 10, max: 40 }).map((whole) => whole * THOUSAND)
  const order = fc.nat(ORDERS - 1).map((number) => `SO-${number}`)
  const command: fc.Arbitrary<Drawn['command']> = fc.oneof(
    {
      weight: 12,
      arbitrary: fc.record({ do: fc.constant('check'), check, order, amount, seconds, keyed: fc.nat(3).map(Boolean) })
    },
    { weight: 7, arbitrary: fc.record({ do: fc.constant('capture'), check, amount, invoice, final: fc.boolean() }) },
    { weight: 4, arbitrary: fc.record({ do: fc.constant('release'), check }) },
    { weight: 4, arbitrary: fc.record({ do: fc.constant('invoice'), invoice, amount }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('payment'), payment: fc.nat(3), amount }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('limit'), amount: limit }) },
    { weight: 1, arbitrary: fc.constant({ do: 'hold' }) },
    { weight: 2, arbitrary: fc.constant({ do: 'lift' }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('tick'), seconds: fc.constantFrom(30, 60, 400) }) },
    { weight: 2, arbitrary: fc.constant({ do: 'exposure' }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('reservation'), check }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('repeat'), nth: fc.nat(999) }) }
  )
  const loss: fc.Arbitrary<Loss> = fc.oneof(
    fc.constant({ kind: 'response' as const }),
    fc.record({ kind: fc.constant('connection' as const), afterMs: fc.nat(8) })
  )
  const drawn = fc.record({ command, instance: fc.nat(99), loss: sometimes(loss, 6) })
  const round = fc.record({ drawn: fc.array(drawn, { ...AT_ONCE, size: 'max' }), fault: faultOf(faults) })
  return fc.array(round, { ...ROUNDS, size: 'max' })
}

/** Nothing, so many times as often as something. */
function sometimes<Value>(arbitrary: fc.Arbitrary<Value>, notOf: number): fc.Arbitrary<Value | null> {
  return fc.oneof({ weight: notOf, arbitrary: fc.constant(null) }, { weight: 1, arbitrary })
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
    const commands = drawn.map(({ command, instance, loss }) => {
      const lost = loss === null ? '' : ` lost: ${JSON.stringify(loss)}`
      return `${JSON.stringify(command)} at ${instance}${lost}`
    })
    return `  ${commands.join(' | ')}${fault === null ? '' : ` while ${JSON.stringify(fault)}`}`
  }
  return rounds.map(line).join('\n')
}

/** A request with a key that was answered with success: its repetition must give the same bytes for ever. */
interface Kept {
  readonly asked: Asked
  readonly answer: Answered
  /** An attempt before this answer was not heard of. */
  readonly lost: boolean
}

/** One customer under fire: what it is called, what the reference holds it to be, and what was promised to its caller. */
interface Run {
  readonly stage: Stage
  readonly books: Books
  readonly kept: Kept[]
  accounts: Account[]
  checks: number
  keys: number
}

const LIMIT = 20 * THOUSAND

/** Plays rounds on a new customer. Throws as soon as the service answers what no order of the commands explains. */
export async function play(stage: Stage, customerId: string, rounds: readonly Round[]): Promise<void> {
  await newCustomer(stage, customerId, LIMIT)
  const run: Run = {
    stage,
    books: { customerId, checkIds: new Map() },
    kept: [],
    accounts: [{ ...newAccount(LIMIT), journal: { 'limit.applied': 1 } }],
    checks: 0,
    keys: 0
  }
  for (const [index, round] of rounds.entries()) await playRound(run, round, index + 1)
  await look(run)
}

/** A command on its way: what is sent, and what came of it. */
interface Sent {
  readonly command: Command
  readonly asked: Asked | undefined
  readonly drawn: Drawn
  answer?: Answered
  /** Attempts that may have had an effect and that nobody heard of. */
  unheard: number
}

async function playRound(run: Run, round: Round, number: number): Promise<void> {
  const faulty = round.fault !== null || round.drawn.some(({ loss }) => loss !== null)
  const drawn = round.drawn.slice(0, faulty ? AT_ONCE_IN_FAULT : AT_ONCE.maxLength)
  const repeats = drawn.flatMap(({ command }) => (command.do === 'repeat' ? [command.nth] : []))
  const sent = resolved(run, drawn, faulty)
  const struck = round.fault === null ? undefined : run.stage.strike(round.fault)
  await Promise.all([...sent.map((each) => deliver(run, each)), ...repeats.map((nth) => repeat(run, nth)), struck])
  run.stage.calm()

  for (const { command, answer } of sent) {
    if (command.do === 'check' && answer?.status === 201)
      run.books.checkIds.set(command.check, String(answer.body.checkId))
  }
  const operations = sent.flatMap((each): Observed[] => {
    const { command, asked, answer, unheard } = each
    if (answer === undefined) return [{ command, result: '200' }]
    const result = resultOf(run.books, command, answer)
    if (asked?.key !== undefined && answer.status < 300) run.kept.push({ asked, answer, lost: unheard > 0 })
    const ghosts = asked?.key === undefined && asked?.method !== 'GET' ? unheard : 0
    return [{ command, result }, ...Array.from({ length: ghosts }, () => ({ command }))]
  })
  accept(run, operations, `round ${number}`)
}

/** Holds what was observed against the reference. */
function accept(run: Run, operations: readonly Observed[], when: string): void {
  const after = explain(run.accounts, operations)
  if (after.length === 0) {
    const [account] = run.accounts
    const lines = operations.map(({ command, result }) => `${JSON.stringify(command)} -> ${result ?? 'unheard'}`)
    throw new Error(
      `${when}: no order of these explains the answers:\n    ${lines.join('\n    ')}\n  in this order the reference says: ` +
        `${account === undefined ? '' : expected(account, operations).join(' | ')}\n  account before: ${JSON.stringify(account)}`
    )
  }
  run.accounts = after
}

/** Gives the drawn commands their numbers. The clock moves once a round at most: it is set, not pushed. */
function resolved(run: Run, drawn: readonly Drawn[], faulty: boolean): Sent[] {
  let ticked = false
  return drawn.flatMap((each): Sent[] => {
    const { command } = each
    if (command.do === 'repeat' || (command.do === 'tick' && ticked)) return []
    if (command.do === 'tick') {
      ticked = true
      return [{ command, asked: undefined, drawn: each, unheard: 0 }]
    }
    const named = numbered(run, command, faulty)
    // What changes something by POST has a key: without one an order whose answer was lost may not be told from another.
    const keyed = !('keyed' in named) || named.keyed
    run.keys += 1
    const asked = askedOf(run.books, named, keyed ? `${run.books.customerId}-${run.keys}` : undefined)
    return [{ command: named, asked, drawn: each, unheard: 0 }]
  })
}

function numbered(run: Run, command: Command, faulty: boolean): Command {
  if (command.do === 'check') {
    run.checks += 1
    return { ...command, check: run.checks, keyed: command.keyed || faulty }
  }
  const known = [...run.books.checkIds.keys()]
  return 'check' in command ? { ...command, check: known[command.check % known.length] ?? 0 } : command
}

const ATTEMPTS_MAX = 200

/** Sends a command until its outcome is known, to another instance each time. */
async function deliver(run: Run, sent: Sent): Promise<void> {
  const { stage } = run
  const { asked, command, drawn } = sent
  if (asked === undefined) {
    await stage.tick(command.do === 'tick' ? command.seconds : 0)
    return
  }
  let dropped = false
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt += 1) {
    const loss = attempt === 0 ? lossOf(asked, drawn.loss) : undefined
    const answer = await stage.send(drawn.instance + attempt, asked, loss)
    if (typeof answer === 'object' && !(dropped && answer.status >= 400)) {
      if (answer.status !== 503) {
        sent.answer = answer
        return
      }
      if (answer.body.type === '/problems/outcome-unknown') sent.unheard += 1
    } else if (answer === 'unknown') {
      sent.unheard += 1
    }
    // A refusal uses no key up: what was sent over the lost connection may still come after it, and is the true outcome then.
    await sleep(dropped ? 40 : Math.min(5 * attempt, 250))
    dropped = loss?.kind === 'connection'
  }
  throw new Error(`${asked.method} ${asked.path} has no outcome after ${ATTEMPTS_MAX} attempts`)
}

/** A connection is lost only where the key says that a late effect is the same effect. */
function lossOf(asked: Asked, loss: Loss | null): Loss | undefined {
  if (loss === null) return undefined
  return loss.kind === 'connection' && asked.key === undefined ? { kind: 'response' } : loss
}

/** Sends a request again that was answered long ago: the same bytes, whatever has happened since. */
async function repeat({ stage, kept }: Run, nth: number): Promise<void> {
  const known = kept[nth % kept.length]
  if (known === undefined) return
  const again = await stage.ask(known.asked)
  if (again.status === known.answer.status && again.text === known.answer.text && again.replayed) return
  throw new Error(
    `${known.asked.method} ${known.asked.path} with its key again: ${again.status} ${again.text}\n  was: ${known.answer.status} ${known.answer.text}`
  )
}

/** How many of the answers that nothing happened to are asked for again at the end; those of which one was lost are all. */
const REPEATED_AT_END = 3

/** Reads everything at the end: what was promised is there, and nothing that nobody asked for. */
async function look(run: Run): Promise<void> {
  const { stage, books } = run
  const exposure: Command = { do: 'exposure' }
  const total = resultOf(books, exposure, await stage.ask(askedOf(books, exposure)))
  accept(run, [{ command: exposure, result: total }], 'at the end')

  const list = await stage.ask({ method: 'GET', path: `/v1/credit-checks?customerId=${books.customerId}&limit=200` })
  const items = new Map((list.body.items as { checkId: string }[]).map((item) => [item.checkId, item]))
  const known = [...books.checkIds.values()]
  if (items.size !== known.length || known.some((checkId) => !items.has(checkId)))
    throw new Error(`at the end: the service has the checks ${[...items.keys()]}; its callers know ${known}`)
  for (const [check, checkId] of books.checkIds) {
    const command: Command = { do: 'reservation', check }
    const result = resultOf(books, command, { ...list, body: { ...items.get(checkId) } })
    accept(run, [{ command, result }], 'at the end')
  }

  const journal = await countsOfJournal(stage, books.customerId)
  if (!run.accounts.some((account) => sameCounts(account.journal, journal))) {
    const told = run.accounts.map((account) => JSON.stringify(account.journal)).join(' or ')
    throw new Error(`at the end: the journal has ${JSON.stringify(journal)}; the reference ${told}`)
  }
  for (const [nth, { lost }] of run.kept.entries()) if (lost || nth < REPEATED_AT_END) await repeat(run, nth)
}

/** What the reference counts, of the entries of a customer's journal. */
async function countsOfJournal(stage: Stage, customerId: string): Promise<Record<string, number>> {
  const counts: Record<string, number> = {}
  const { body } = await stage.ask({ method: 'GET', path: `/v1/customers/${customerId}/journal?limit=200` })
  for (const { type } of body.items as { type: string }[]) counts[type] = (counts[type] ?? 0) + 1
  return counts
}

const COUNTED = [
  'check.decided',
  'reservation.captured',
  'reservation.released',
  'invoice.recorded',
  'invoice.changed',
  'payment.recorded',
  'limit.applied',
  'hold.set',
  'hold.lifted'
]

function sameCounts(left: Record<string, number>, right: Record<string, number>): boolean {
  return COUNTED.every((type) => (left[type] ?? 0) === (right[type] ?? 0))
}
