import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import type { Answered, Asked, Loss } from './client.ts'
import { newCustomer } from './customers.ts'
import { expected, explain, type Observed } from './linearize.ts'
import { type Account, type Command, newAccount, type OpenInvoice, type OpenItem, type Origin } from './model.ts'
import { askedOf, type Books, newBooks, partsOf, type Request, resultOf } from './operations.ts'
import type { Fault, Stage } from './stage.ts'

/**
 * A command as it is drawn: checks, orders and invoices are named by any number, and mean one of
 * those that there are by then.
 */
interface Drawn {
  readonly command: Request | { readonly do: 'repeat'; readonly nth: number }
  readonly instance: number
  readonly loss: Loss | null
}

/** Commands that are sent at once, and what breaks meanwhile. */
export interface Round {
  readonly drawn: readonly Drawn[]
  readonly fault: Fault | null
}

const THOUSAND = 100_000
const ORDERS = 3
const INVOICES = 6
const DELIVERIES = 3
/** One in so many means any check there is. */
const SOME_OF = 4
const BATCH = { minLength: 2, maxLength: 3 }
const ROUNDS = { minLength: 3, maxLength: 8 }
/**
 * With a fault every attempt that nobody heard of may count as well, so there are fewer at once.
 */
const AT_ONCE = { minLength: 1, maxLength: 4 }
const AT_ONCE_IN_FAULT = 3

/**
 * All that may happen to one customer. `faults` says what may break below the service, besides
 * answers that get lost.
 */
export function roundsOf(faults: readonly Fault['kind'][]): fc.Arbitrary<Round[]> {
  // Whole thousands among them, so that an exposure equals its limit now and then.
  const thousands = fc.integer({ min: 1, max: 12 }).map((whole) => whole * THOUSAND)
  const amount = fc.oneof(thousands, fc.integer({ min: 1, max: 12 * THOUSAND }))
  const check = fc.nat(999)
  const invoice = fc.nat(INVOICES - 1)
  const seconds = fc.constantFrom(60, 300, 900, 3_600)
  const limit = fc.integer({ min: 10, max: 30 }).map((whole) => whole * THOUSAND)
  const order = fc.nat(ORDERS - 1).map((number) => `SO-${number}`)
  const delivery = fc.nat(DELIVERIES - 1).map((number) => `DN-${number}`)
  const item = fc.oneof(order, delivery)
  const share = fc.constantFrom(0, 0.1, 0.5)
  const version = fc.constant(0)
  const part = fc.integer({ min: 1, max: 5 }).map((whole) => whole * THOUSAND)
  const fromCheck: fc.Arbitrary<Origin> = fc.record({ check, final: fc.boolean(), amount: part })
  const fromItem = (origin: fc.Arbitrary<string>): fc.Arbitrary<Origin> =>
    fc.record({ item: origin, final: fc.constant(false), amount: part })
  const from = fc.oneof(fromCheck, fromItem(item))
  const fromOrder = fc.oneof(fromCheck, fromItem(order))
  const ofItem = { do: fc.constant('item'), amount, version } as const
  const openInvoice: fc.Arbitrary<OpenInvoice> = fc
    .record({ invoice, amount, share: fc.constantFrom(1, 0.5) })
    .map(({ share, ...stated }) => ({ ...stated, open: Math.ceil(stated.amount * share) }))
  const openItem: fc.Arbitrary<OpenItem> = fc.record({ item, open: amount })
  const asked = fc.record({
    do: fc.constant('check'),
    check,
    order,
    amount,
    seconds,
    keyed: fc.nat(3).map(Boolean),
    waits: fc.nat(2).map(Boolean)
  })
  const command: fc.Arbitrary<Drawn['command']> = fc.oneof(
    { weight: 16, arbitrary: asked },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('batch'), checks: fc.array(asked, BATCH) }) },
    { weight: 6, arbitrary: fc.record({ do: fc.constant('adjust'), check, amount }) },
    {
      weight: 6,
      arbitrary: fc.record({
        do: fc.constant('decide'),
        check,
        release: fc.nat(3).map(Boolean),
        tolerance: share,
        until: fc.constantFrom(30, 3_600)
      })
    },
    { weight: 2, arbitrary: fc.constant({ do: 'reevaluate' }) },
    { weight: 3, arbitrary: fc.record({ ...ofItem, item: order, from: sometimes(fromCheck, 1) }) },
    { weight: 3, arbitrary: fc.record({ ...ofItem, item: delivery, from: sometimes(fromOrder, 1) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('close'), item, version }) },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant('reconcile'),
        apply: fc.nat(3).map(Boolean),
        at: fc.constant(0),
        version,
        invoices: fc.uniqueArray(openInvoice, { maxLength: 3, selector: (each) => each.invoice }),
        items: fc.uniqueArray(openItem, { maxLength: 3, selector: (each) => each.item })
      })
    },
    {
      weight: 7,
      arbitrary: fc.record({ do: fc.constant('capture'), check, amount: part, invoice, final: fc.boolean() })
    },
    { weight: 4, arbitrary: fc.record({ do: fc.constant('release'), check }) },
    { weight: 4, arbitrary: fc.record({ do: fc.constant('invoice'), invoice, amount, from: sometimes(from, 1) }) },
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

/**
 * A request with a key that was answered with success: its repetition must give the same bytes for
 * ever.
 */
interface Kept {
  readonly asked: Asked
  readonly answer: Answered
  /** An attempt before this answer was not heard of. */
  readonly lost: boolean
}

/**
 * One customer under fire: what it is called, what the reference holds it to be, and what was
 * promised to its caller.
 */
interface Run {
  readonly stage: Stage
  readonly books: Books
  readonly kept: Kept[]
  accounts: Account[]
  checks: number
  keys: number
  /** The last version of an item that the ERP told. */
  version: number
}

const LIMIT = 14 * THOUSAND

/**
 * Plays rounds on a new customer. Throws as soon as the service answers what no order of the
 * commands explains.
 */
export async function play(stage: Stage, customerId: string, rounds: readonly Round[]): Promise<void> {
  await newCustomer(stage, customerId, LIMIT)
  const run: Run = {
    stage,
    books: newBooks(customerId, stage.now()),
    kept: [],
    accounts: [{ ...newAccount(LIMIT), journal: { 'limit.applied': 1 } }],
    checks: 0,
    keys: 0,
    version: 0
  }
  for (const [index, round] of rounds.entries()) await playRound(run, round, index + 1)
  await look(run)
}

/** A request on its way: what is sent, and what came of it. */
interface Sent {
  readonly command: Request
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

  const heard = sent.flatMap(({ command, answer }) => (answer === undefined ? [] : told(command, answer)))
  for (const { command, answer } of heard) note(run.books, command, answer)
  if (heard.some(({ answer }) => isUnknown(run.books, answer))) await learn(run)
  const operations = sent.flatMap((each): Observed[] => {
    const { command, asked, answer, unheard } = each
    if (answer === undefined)
      return command.do === 'batch' ? [] : [{ command, ...(unheard > 0 ? {} : { result: '200' }) }]
    const parts = told(command, answer)
    if (asked?.key !== undefined && parts.every((part) => part.answer.status < 300))
      run.kept.push({ asked, answer, lost: unheard > 0 })
    const ghosts = asked?.key === undefined && asked?.method !== 'GET' ? unheard : 0
    return parts.flatMap((part) => {
      const result = resultOf(run.books, part.command, part.answer)
      return [{ command: part.command, result }, ...Array.from({ length: ghosts }, () => ({ command: part.command }))]
    })
  })
  const isAskedAgain = repeats.length > 0 || sent.some(({ unheard }) => unheard > 0)
  accept(run, [...operations, ...unasked(run, isAskedAgain)], `round ${number}`)
  const made = run.accounts.flatMap(({ reservations }) => Object.keys(reservations).map(Number))
  if (made.some((check) => !run.books.checkIds.has(check))) await learn(run)
}

/**
 * What may be done beside what was asked for: by instances that run for long, and for whoever asks
 * about an order with a key that has its answer already.
 */
function unasked({ stage, accounts }: Run, isAskedAgain: boolean): Observed[] {
  const isWaiting = accounts.some(({ blocks }) => Object.values(blocks).some(({ state }) => state === 'open'))
  // An order that is blocked only now may be what is found by whoever asks again.
  const times = (stage.watched && isWaiting ? 2 : 0) + (isAskedAgain ? 1 : 0)
  return Array.from({ length: times }, () => ({ command: { do: 'reevaluate' } }))
}

/** The commands of a request, each with its answer. */
function told(request: Request, answer: Answered): { command: Command; answer: Answered }[] {
  const commands: readonly Command[] = request.do === 'batch' ? request.checks : [request]
  return partsOf(request, answer).flatMap((part, index) => {
    const command = commands[index]
    if (command === undefined) return []
    const { status, body } = part
    const named = command.do === 'check' && status === 201 ? { ...command, id: String(body.checkId) } : command
    return [{ command: named, answer: part }]
  })
}

/** Writes down what a check is called that was made, and which version blocks its order. */
function note({ checkIds, versions }: Books, command: Command, { status, body }: Answered): void {
  if (status !== 201) return
  if (command.do === 'decide' && command.release) checkIds.set(-command.check, String(body.checkId))
  if (command.do !== 'check') return
  checkIds.set(command.check, String(body.checkId))
  const block = body.block as { version: number } | null
  if (block !== null) versions.set(command.check, block.version)
}

function isUnknown({ checkIds }: Books, { body }: Answered): boolean {
  return typeof body.checkId === 'string' && ![...checkIds.values()].includes(body.checkId)
}

/** Reads all checks, and learns what those are called that the service made by itself. */
async function learn({ stage, books }: Run): Promise<{ list: Answered; items: Map<string, object> }> {
  const list = await stage.ask({ method: 'GET', path: `/v1/credit-checks?customerId=${books.customerId}&limit=200` })
  const items = list.body.items as { checkId: string; previousCheckId: string | null }[]
  const numbers = new Map([...books.checkIds].map(([number, checkId]) => [checkId, number]))
  for (const { checkId, previousCheckId } of items) {
    const previous = numbers.get(previousCheckId ?? '')
    if (previous !== undefined) books.checkIds.set(-previous, checkId)
  }
  return { list, items: new Map(items.map((item) => [item.checkId, item])) }
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

/** Gives the drawn commands their numbers, and leaves out what cannot be told apart at once. */
function resolved(run: Run, drawn: readonly Drawn[], faulty: boolean): Sent[] {
  const alone = new Set(['never'])
  return drawn.flatMap((each): Sent[] => {
    const { command } = each
    if (command.do === 'repeat') return []
    const kinds = kindsAlone(run, command)
    if (kinds.some((kind) => alone.has(kind))) return []
    for (const kind of kinds) alone.add(kind)
    if (command.do === 'tick' || command.do === 'reevaluate')
      return [{ command, asked: undefined, drawn: each, unheard: 0 }]
    const named = numbered(run, command, faulty)
    // What changes something by POST has a key: without one an order whose answer was lost may not
    // be told from another.
    const keyed = named.do === 'batch' ? named.checks.every((check) => check.keyed) : !('keyed' in named) || named.keyed
    run.keys += 1
    const asked = askedOf(run.books, named, keyed ? `${run.books.customerId}-${run.keys}` : undefined)
    return [{ command: named, asked, drawn: each, unheard: 0 }]
  })
}

/**
 * Of which kinds a command is that come once in a round. The clock is set, not pushed, and what
 * rests on an instant does not meet it. Orders that wait and are asked about anew at once are each
 * decided as they are asked about now, which no order of the two is; nor does the background meet
 * them.
 */
function kindsAlone({ accounts }: Run, command: Request): string[] {
  if (command.do === 'tick') return ['clock', 'snapshot', 'background']
  if (command.do === 'reconcile') return ['snapshot']
  if (command.do === 'reevaluate') return ['background', 'anew']
  const checks = command.do === 'batch' ? command.checks : command.do === 'check' ? [command] : []
  const waits = (order: string) => accounts.some(({ blocks }) => blocks[order]?.state === 'open')
  const anew = checks.filter(({ order }) => waits(order))
  if (anew.length > 1) return ['never']
  return anew.length === 1 ? ['anew'] : []
}

function numbered(run: Run, command: Request, faulty: boolean): Request {
  const [account] = run.accounts
  const now = account?.now ?? 0
  if (command.do === 'batch') {
    const keyed = faulty || command.checks.every((check) => check.keyed)
    const first = run.checks + 1
    run.checks += command.checks.length
    return { ...command, checks: command.checks.map((check, index) => ({ ...check, check: first + index, keyed })) }
  }
  if (command.do === 'check') {
    run.checks += 1
    return { ...command, check: run.checks, keyed: command.keyed || faulty }
  }
  if ('version' in command) run.version += 1
  const { version } = run
  const known = [...run.books.checkIds.keys()]
  const holding = known.filter((check) => account?.reservations[check]?.state === 'active')
  const oneOf = (some: readonly number[], nth: number) =>
    // Mostly one with which something can be done.
    nthOf(nth % SOME_OF === 0 || some.length === 0 ? known : some, nth)
  if (command.do === 'decide') {
    const blocking = Object.values(account?.blocks ?? {}).filter(({ state }) => state === 'open')
    const check = oneOf(
      blocking.map((block) => block.check),
      command.check
    )
    return { ...command, check, until: now + command.until }
  }
  if (command.do === 'reconcile') return { ...command, at: now, version }
  if (command.do === 'close') return { ...command, version }
  if (command.do === 'item') return { ...command, version, from: originOf(account, command, holding) }
  if (command.do === 'invoice') return { ...command, from: originOf(account, command, holding) }
  return 'check' in command ? { ...command, check: oneOf(holding, command.check) } : command
}

function nthOf(checks: readonly number[], nth: number): number {
  return checks[nth % checks.length] ?? 0
}

/** A document that there is, for another to be made from. */
function originOf(
  account: Account | undefined,
  command: Extract<Command, { do: 'item' | 'invoice' }>,
  holding: readonly number[]
): Origin | null {
  const { from = null } = command
  if (from?.check !== undefined) return { ...from, check: nthOf(holding, from.check) }
  const itself = command.do === 'item' ? command.item : ''
  const items = Object.keys(account?.items ?? {}).filter((item) => item !== itself)
  return from && { ...from, item: items.find((item) => item === from.item) ?? items[0] ?? 'SO-0' }
}

const ATTEMPTS_MAX = 200

/** Sends a command until its outcome is known, to another instance each time. */
async function deliver(run: Run, sent: Sent): Promise<void> {
  const { stage } = run
  const { asked, command, drawn } = sent
  if (command.do === 'reevaluate' && !(await stage.reevaluate(drawn.instance))) sent.unheard += 1
  if (command.do === 'tick') await stage.tick(command.seconds)
  if (asked === undefined) return
  let dropped = false
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt += 1) {
    const loss = attempt === 0 ? lossOf(asked, drawn.loss) : undefined
    const answer = await stage.send(drawn.instance + attempt, asked, loss)
    const known = knownOf(command, answer)
    // A refusal uses no key up: what was sent over the lost connection may still come after it, and
    // is the true outcome then.
    if (typeof answer === 'object' && (known === 'done' || (known === 'refused' && !dropped))) {
      sent.answer = answer
      return
    }
    if (known === 'unknown') sent.unheard += 1
    await sleep(dropped ? 40 : Math.min(5 * attempt, 250))
    dropped = loss?.kind === 'connection'
  }
  throw new Error(`${asked.method} ${asked.path} has no outcome after ${ATTEMPTS_MAX} attempts`)
}

/**
 * What an answer tells of a request; `later`: nothing has happened yet. Of a batch what it tells of
 * all its orders.
 */
function knownOf(request: Request, answer: Answered | 'unknown' | 'unsent'): 'done' | 'refused' | 'unknown' | 'later' {
  if (typeof answer !== 'object') return answer === 'unknown' ? 'unknown' : 'later'
  const parts = partsOf(request, answer)
  if (parts.some(({ body }) => body.type === '/problems/outcome-unknown')) return 'unknown'
  if (parts.some(({ status }) => status === 503)) return 'later'
  return parts.some(({ status }) => status >= 400) ? 'refused' : 'done'
}

/** A connection is lost only where the key says that a late effect is the same effect. */
function lossOf(asked: Asked, loss: Loss | null): Loss | undefined {
  if (loss === null) return undefined
  return loss.kind === 'connection' && asked.key === undefined ? { kind: 'response' } : loss
}

/**
 * Sends a request again that was answered long ago: the same bytes, whatever has happened since.
 */
async function repeat({ stage, kept }: Run, nth: number): Promise<void> {
  const known = kept[nth % kept.length]
  if (known === undefined) return
  const again = await stage.ask(known.asked)
  if (again.status === known.answer.status && again.text === known.answer.text && again.replayed) return
  throw new Error(
    `${known.asked.method} ${known.asked.path} with its key again: ${again.status} ${again.text}\n  was: ${known.answer.status} ${known.answer.text}`
  )
}

/**
 * How many of the answers that nothing happened to are asked for again at the end; those of which
 * one was lost are all.
 */
const REPEATED_AT_END = 3

/** Reads everything at the end: what was promised is there, and nothing that nobody asked for. */
async function look(run: Run): Promise<void> {
  const { stage, books } = run
  const exposure: Command = { do: 'exposure' }
  const total = resultOf(books, exposure, await stage.ask(askedOf(books, exposure)))
  accept(run, [{ command: exposure, result: total }, ...unasked(run, false)], 'at the end')

  const { list, items } = await learn(run)
  const known = [...books.checkIds.values()]
  if (items.size !== known.length || known.some((checkId) => !items.has(checkId)))
    throw new Error(`at the end: the service has the checks ${[...items.keys()]}; its callers know ${known}`)
  for (const [check, checkId] of books.checkIds) {
    const command: Command = { do: 'reservation', check }
    const result = resultOf(books, command, { ...list, body: { ...items.get(checkId) } })
    accept(run, [{ command, result }, ...unasked(run, false)], 'at the end')
  }
  accept(run, unasked(run, false), 'at the end')

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
  'reservation.adjusted',
  'adjustment.refused',
  'order.released',
  'order.rejected',
  'exposure_item.recorded',
  'exposure_item.changed',
  'exposure_item.converted',
  'exposure_item.closed',
  'reconciliation.applied',
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
