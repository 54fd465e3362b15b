import { setTimeout as sleep } from 'node:timers/promises'
import type { Answered, Asked, Loss } from './client.ts'
import { newCustomer } from './customers.ts'
import { AT_ONCE, type Round, type Sending, THOUSAND } from './drawn.ts'
import { expected, explain, type Observed } from './linearize.ts'
import { numbered, possible } from './numbered.ts'
import {
  type Addressed,
  askedOf,
  type Books,
  batchOf,
  dateOf,
  nameCheck,
  newBooks,
  partsOf,
  type Request,
  resultOf
} from './operations.ts'
import { type Account, newAccount } from './reference/account.ts'
import type { Command, List } from './reference/commands.ts'
import type { Stage } from './stage.ts'

/**
 * With a fault every attempt that nobody heard of may count as well, so there are fewer at once.
 */
const AT_ONCE_IN_FAULT = 4

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
 * One of the customers under fire: what it is called, and what the reference holds it to be. No
 * other customer changes anything of it.
 */
interface Party {
  readonly books: Books
  accounts: Account[]
}

/** A history of two customers, and what was promised to their caller. */
interface Run {
  readonly stage: Stage
  readonly parties: readonly Party[]
  readonly kept: Kept[]
  checks: number
  keys: number
  /** The last version of an item that the ERP told. */
  version: number
}

const LIMIT = 14 * THOUSAND
/** What is recorded when a history begins, by day: CNY for one USD, in ten thousandths. */
const RATES: Readonly<Record<number, number>> = { [-2]: 71_234, [-1]: 69_871, 0: 72_345 }
const DAY_MS = 86_400_000

/**
 * Plays rounds on two new customers. Throws as soon as the service answers what no order of the
 * commands explains.
 */
export async function play(stage: Stage, name: string, rounds: readonly Round[]): Promise<void> {
  const began = stage.now()
  const allCheckIds = new Map<number, string>()
  const second = Math.floor((began % DAY_MS) / 1_000)
  const parties = ['a', 'b'].map((suffix): Party => {
    const account = { ...newAccount(LIMIT, second, { ...RATES }), journal: { 'limit.applied': 1 } }
    return { books: newBooks(`${name}-${suffix}`, began, allCheckIds), accounts: [account] }
  })
  const run: Run = { stage, parties, kept: [], checks: 0, keys: 0, version: 0 }
  await Promise.all(parties.map(({ books }) => newCustomer(stage, books.customerId, LIMIT)))
  for (const [day, rate] of Object.entries(RATES)) await recordRate(run, Number(day), rate)
  for (const [index, round] of rounds.entries()) await playRound(run, round, index + 1)
  await look(run)
}

function partyOf({ parties }: Run, who: number): Party {
  const party = parties[who]
  if (party === undefined) throw new Error(`there is no customer ${who}`)
  return party
}

/** A request on its way: what is sent, and what came of it. */
interface Sent {
  readonly command: Request
  readonly asked: Asked | undefined
  readonly drawn: Sending
  answer?: Answered
  /** Attempts that may have had an effect and that nobody heard of. */
  unheard: number
}

async function playRound(run: Run, round: Round, number: number): Promise<void> {
  const faulty = round.fault !== null || round.drawn.some(({ loss }) => loss !== null)
  const drawn = round.drawn.slice(0, faulty ? AT_ONCE_IN_FAULT : AT_ONCE.maxLength)
  // A new rate is there before whatever comes at once: one transaction may read it more than once.
  for (const { command } of drawn) if (command.do === 'rate') await changeRate(run, command)
  const again = drawn.flatMap(({ command, who }) => {
    if (command.do === 'repeat') return [() => repeat(run, command.nth)]
    return command.do === 'reuse' ? [() => reuse(run, command.nth, who)] : []
  })
  const isRepeated = again.length > 0
  const sent = resolved(run, drawn, faulty)
  const struck = round.fault === null ? undefined : run.stage.strike(round.fault)
  await Promise.all([...sent.map((each) => deliver(run, each)), ...again.map((ask) => ask()), struck])
  run.stage.calm()

  const heard = sent.flatMap(({ command, answer }) => (answer === undefined ? [] : told(command, answer)))
  for (const { command, answer } of heard) note(partyOf(run, command.who).books, command, answer)
  for (const [who, party] of run.parties.entries())
    if (heard.some(({ command, answer }) => command.who === who && isUnknown(party.books, answer)))
      await learn(run, party)
  const operations = sent.flatMap((each) => observed(run, each))
  const isAskedAgain = isRepeated || sent.some(({ unheard }) => unheard > 0)
  for (const [who, party] of run.parties.entries()) {
    const own = operations.filter(({ command }) => command.who === undefined || command.who === who)
    accept(party, [...own, ...unasked(run, party, isAskedAgain)], `round ${number}, customer ${who}`)
    const made = party.accounts.flatMap(({ reservations }) => Object.keys(reservations).map(Number))
    if (made.some((check) => !party.books.checkIds.has(check))) await learn(run, party)
  }
}

/** What was observed of a customer; of all customers where none is named. */
interface ObservedOf extends Observed {
  readonly command: Command & { readonly who?: number }
}

/** What a request did, each command with what was answered, and attempts that nobody heard of. */
function observed(run: Run, { command, asked, answer, unheard }: Sent): ObservedOf[] {
  if (answer === undefined) {
    if (command.do === 'batch') return []
    const { who: _everyone, ...common } = command
    return [{ command: common, ...(unheard > 0 ? {} : { result: '200' }) }]
  }
  const parts = told(command, answer)
  if (asked?.key !== undefined && parts.every((part) => part.answer.status < 300))
    run.kept.push({ asked, answer, lost: unheard > 0 })
  const ghosts = asked?.key === undefined && asked?.method !== 'GET' ? unheard : 0
  return parts.flatMap((part) => {
    const result = resultOf(partyOf(run, part.command.who).books, part.command, part.answer)
    return [{ command: part.command, result }, ...Array.from({ length: ghosts }, () => ({ command: part.command }))]
  })
}

/**
 * What may be done beside what was asked for: by instances that run for long, and for whoever asks
 * about an order with a key that has its answer already, or is that of another request.
 */
function unasked({ stage }: Run, { accounts }: Party, isAskedAgain: boolean): Observed[] {
  const isWaiting = accounts.some(({ blocks }) => Object.values(blocks).some(({ state }) => state === 'open'))
  // An order that is blocked only now may be what is found by whoever asks again.
  const times = (stage.watched && isWaiting ? 2 : 0) + (isAskedAgain ? 1 : 0)
  return Array.from({ length: times }, () => ({ command: { do: 'reevaluate' } }))
}

/** The commands of a request, each with its answer. */
function told(request: Request, answer: Answered): { command: Addressed; answer: Answered }[] {
  const commands: readonly Addressed[] = request.do === 'batch' ? request.checks : [request]
  return partsOf(request, answer).flatMap((part, index) => {
    const command = commands[index]
    if (command === undefined) return []
    const { status, body } = part
    const named = command.do === 'check' && status === 201 ? { ...command, id: String(body.checkId) } : command
    return [{ command: named, answer: part }]
  })
}

/** Writes down what a check is called that was made, and which version blocks its order. */
function note(books: Books, command: Command, { status, body }: Answered): void {
  if (status !== 201) return
  if (command.do === 'decide' && command.release) nameCheck(books, -command.check, String(body.checkId))
  if (command.do !== 'check') return
  nameCheck(books, command.check, String(body.checkId))
  const block = body.block as { version: number } | null
  if (block !== null) books.versions.set(command.check, block.version)
}

function isUnknown({ checkIds }: Books, { body }: Answered): boolean {
  return typeof body.checkId === 'string' && ![...checkIds.values()].includes(body.checkId)
}

/** Reads all checks, and learns what those are called that the service made by itself. */
async function learn({ stage }: Run, { books }: Party): Promise<{ list: Answered; items: Map<string, object> }> {
  const list = await stage.ask({ method: 'GET', path: `/v1/credit-checks?customerId=${books.customerId}&limit=200` })
  const items = list.body.items as { checkId: string; previousCheckId: string | null }[]
  const numbers = new Map([...books.checkIds].map(([number, checkId]) => [checkId, number]))
  for (const { checkId, previousCheckId } of items) {
    const previous = numbers.get(previousCheckId ?? '')
    if (previous !== undefined) nameCheck(books, -previous, checkId)
  }
  return { list, items: new Map(items.map((item) => [item.checkId, item])) }
}

/** Holds what was observed against the reference. */
function accept(party: Party, operations: readonly Observed[], when: string): void {
  const after = explain(party.accounts, operations)
  if (after.length === 0) {
    const [account] = party.accounts
    const lines = operations.map(({ command, result }) => `${JSON.stringify(command)} -> ${result ?? 'unheard'}`)
    throw new Error(
      `${when}: no order of these explains the answers:\n    ${lines.join('\n    ')}\n  in this order the reference says: ` +
        `${account === undefined ? '' : expected(account, operations).join(' | ')}\n  account before: ${JSON.stringify(account)}`
    )
  }
  party.accounts = after
}

/** Gives the drawn commands their numbers, and leaves out what cannot be told apart at once. */
function resolved(run: Run, drawn: readonly Sending[], faulty: boolean): Sent[] {
  const alone = new Set(['never'])
  return drawn.flatMap((sending): Sent[] => {
    const { account } = meansOf(partyOf(run, sending.who))
    const each = { ...sending, command: possible(sending.command, account) }
    const kinds = kindsAlone(run, each)
    if (kinds.some((kind) => alone.has(kind))) return []
    for (const kind of kinds) alone.add(kind)
    return sentOf(run, each, faulty)
  })
}

function sentOf(run: Run, drawn: Sending, faulty: boolean): Sent[] {
  const { command, who } = drawn
  if (command.do === 'repeat' || command.do === 'reuse' || command.do === 'rate') return []
  if (command.do === 'tick' || command.do === 'reevaluate')
    return [{ command: { ...command, who }, asked: undefined, drawn, unheard: 0 }]
  // What changes something by POST has a key: without one an order whose answer was lost may not be
  // told from another.
  run.keys += 1
  const key = `${partyOf(run, 0).books.customerId}-${run.keys}`
  if (command.do === 'batch') {
    const keyed = faulty || command.checks.every((check) => check.keyed)
    const checks = command.checks.map((check) => ({ ...check, check: nextCheck(run), keyed }))
    const orders = checks.map((check) => ({ books: partyOf(run, check.who).books, check }))
    return [{ command: { do: 'batch', checks }, asked: batchOf(orders, keyed ? key : undefined), drawn, unheard: 0 }]
  }
  const party = partyOf(run, who)
  const named: Command =
    command.do === 'check'
      ? { ...command, check: nextCheck(run), keyed: command.keyed || faulty }
      : numbered(command, { ...meansOf(party), version: nextVersion(run) })
  const keyed = named.do !== 'check' || named.keyed
  const asked = askedOf(party.books, named, keyed ? key : undefined)
  return [{ command: { ...named, who }, asked, drawn, unheard: 0 }]
}

function nextCheck(run: Run): number {
  run.checks += 1
  return run.checks
}

function nextVersion(run: Run): number {
  run.version += 1
  return run.version
}

function meansOf(party: Party) {
  const [account] = party.accounts
  if (account === undefined) throw new Error('the reference knows an account')
  const checks = [...party.books.checkIds.keys()]
  return {
    account,
    checks,
    foreignChecks: [...party.books.allCheckIds.keys()].filter((each) => !checks.includes(each))
  }
}

/**
 * Of which kinds a command is that come once in a round. The clock is set, not pushed, and what
 * rests on an instant does not meet it. Orders that wait and are asked about anew at once are each
 * decided as they are asked about now, which no order of the two is; nor does the background meet
 * them.
 */
function kindsAlone({ parties }: Run, { command, who }: Sending): string[] {
  if (command.do === 'tick') return ['clock', 'snapshot', 'background']
  if (command.do === 'reconcile') return ['snapshot']
  if (command.do === 'reevaluate') return ['background', ...parties.map((_party, each) => `anew ${each}`)]
  const checks = command.do === 'batch' ? command.checks : command.do === 'check' ? [{ ...command, who }] : []
  const waits = (check: { who: number; order: string }) =>
    parties[check.who]?.accounts.some(({ blocks }) => blocks[check.order]?.state === 'open') === true
  const anew = checks.filter(waits).map((check) => `anew ${check.who}`)
  return new Set(anew).size < anew.length ? ['never'] : anew
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

/** The same for the other customer is another request: its key is taken, and nothing happens. */
async function reuse({ stage, kept, parties }: Run, nth: number, who: number): Promise<void> {
  const known = kept[nth % kept.length]
  const [own, other] = [parties[who]?.books.customerId, parties[1 - who]?.books.customerId]
  if (known === undefined || own === undefined || other === undefined) return
  const { asked } = known
  // Of a batch each order has a key of its own.
  if (asked.path === '/v1/credit-check-batches') return
  const path = asked.path.replace(own, other)
  const body = JSON.parse(JSON.stringify(asked.body ?? {}).replaceAll(`"${own}"`, `"${other}"`))
  if (path === asked.path && JSON.stringify(body) === JSON.stringify(asked.body)) return
  const answer = await stage.ask({ ...asked, path, body })
  if (answer.status === 422 && answer.body.type === '/problems/idempotency-key-reused') return
  throw new Error(`${asked.method} ${path} with the key of ${asked.path}: ${answer.status} ${answer.text}`)
}

async function changeRate(run: Run, command: Extract<Command, { do: 'rate' }>): Promise<void> {
  await recordRate(run, command.day, command.rate)
  for (const party of run.parties) accept(party, [{ command, result: '200' }], 'a rate')
}

/** Records the rate of a day, whatever it was before. */
async function recordRate(run: Run, day: number, rate: number): Promise<void> {
  const path = `/v1/exchange-rates/USD/CNY/${dateOf(partyOf(run, 0).books, day)}`
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt += 1) {
    const before = await run.stage.ask({ method: 'GET', path })
    if (before.body.rate === rate / 10_000) return
    const body = { rate: rate / 10_000, source: 'under fire' }
    const { version } = before.body as { version?: number }
    const seen = before.status === 200 && version !== undefined ? { seen: version } : {}
    await run.stage.ask({ method: 'PUT', path, body, ...seen })
  }
  throw new Error(`${path} does not become ${rate}`)
}

/**
 * How many of the answers that nothing happened to are asked for again at the end; those of which
 * one was lost are all.
 */
const REPEATED_AT_END = 3

const LISTS: readonly List[] = ['invoices', 'payments', 'credit-notes', 'exposure-items']

/** Reads everything at the end: what was promised is there, and nothing that nobody asked for. */
async function look(run: Run): Promise<void> {
  for (const party of run.parties) await lookAt(run, party)
  await lookAtFeed(run)
  for (const [nth, { lost }] of run.kept.entries()) if (lost || nth < REPEATED_AT_END) await repeat(run, nth)
}

async function lookAt(run: Run, party: Party): Promise<void> {
  const { stage } = run
  const { books } = party
  const when = `at the end, ${books.customerId}`
  const reads: Command[] = [{ do: 'exposure' }, ...LISTS.map((of): Command => ({ do: 'list', of }))]
  for (const command of reads) {
    const result = resultOf(books, command, await stage.ask(askedOf(books, command)))
    accept(party, [{ command, result }, ...unasked(run, party, false)], when)
  }

  const { list, items } = await learn(run, party)
  const known = [...books.checkIds.values()]
  if (items.size !== known.length || known.some((checkId) => !items.has(checkId)))
    throw new Error(`${when}: the service has the checks ${[...items.keys()]}; its callers know ${known}`)
  for (const [check, checkId] of books.checkIds) {
    const command: Command = { do: 'reservation', check }
    const result = resultOf(books, command, { ...list, body: { ...items.get(checkId) } })
    accept(party, [{ command, result }, ...unasked(run, party, false)], when)
  }
  accept(party, unasked(run, party, false), when)

  const counts: Record<string, number> = {}
  for (const { type } of await journalOf(stage, books.customerId)) counts[type] = (counts[type] ?? 0) + 1
  if (!party.accounts.some((account) => sameCounts(account.journal, counts))) {
    const told = party.accounts.map((account) => JSON.stringify(account.journal)).join(' or ')
    throw new Error(`${when}: the journal has ${JSON.stringify(counts)}; the reference ${told}`)
  }
}

interface Entry {
  readonly customerId: string
  readonly seq: number
  readonly type: string
}

async function journalOf(stage: Stage, customerId: string): Promise<Entry[]> {
  const { body } = await stage.ask({ method: 'GET', path: `/v1/customers/${customerId}/journal?limit=200` })
  return body.items as Entry[]
}

/** How far the feed of a stage has been read. */
const FEEDS = new WeakMap<Stage, string>()
const FED_WITHIN_MS = 20_000

/** The feed has every entry of both customers once, those of one in order. */
async function lookAtFeed({ stage, parties }: Run): Promise<void> {
  const ids = parties.map(({ books }) => books.customerId)
  const fed = new Map<string, number>(ids.map((customerId) => [customerId, 0]))
  const until = performance.now() + FED_WITHIN_MS
  for (;;) {
    if (await readOn(stage, fed)) continue
    const behind: string[] = []
    for (const customerId of ids) {
      const there = (await journalOf(stage, customerId)).at(-1)?.seq ?? 0
      if (there > (fed.get(customerId) ?? 0)) behind.push(`${customerId}:${there}`)
    }
    if (behind.length === 0) return
    if (performance.now() > until) throw new Error(`the feed does not have ${behind}`)
    await sleep(20)
  }
}

/** Reads a page of the feed, and answers whether there is another at once. */
async function readOn(stage: Stage, fed: Map<string, number>): Promise<boolean> {
  const after = FEEDS.get(stage)
  const path = `/v1/events?limit=200${after === undefined ? '' : `&after=${encodeURIComponent(after)}`}`
  const { body } = await stage.ask({ method: 'GET', path })
  FEEDS.set(stage, String(body.nextCursor))
  for (const { customerId, seq } of body.items as Entry[]) {
    const last = fed.get(customerId)
    if (last === undefined) continue
    if (seq !== last + 1) throw new Error(`the feed has ${customerId}:${seq} after ${customerId}:${last}`)
    fed.set(customerId, seq)
  }
  return body.more === true
}

const COUNTED = [
  'check.decided',
  'reservation.captured',
  'capture.passed_on',
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
  'credit_note.recorded',
  'credit.allocated',
  'limit.applied',
  'hold.set',
  'hold.lifted'
]

function sameCounts(left: Record<string, number>, right: Record<string, number>): boolean {
  return COUNTED.every((type) => (left[type] ?? 0) === (right[type] ?? 0))
}
