import { setTimeout as sleep } from 'node:timers/promises'
import type { Answered, Asked } from './client.ts'
import type { Cluster } from './cluster.ts'
import { newCustomer } from './customers.ts'
import { audited } from './seeds.ts'
import { type Fault, openStage, type Stage } from './stage.ts'

const CUSTOMERS = 8
const CLIENTS = 16
/** Never reached: an order that waits would be decided again without being asked about. */
const LIMIT_MINOR = 40_000_000
const FROM = '2026-03-31T12:00:00.000Z'
const AUDITED_EVERY = 10

/**
 * A request that was sent, and what its caller was answered; without an answer nobody knows what
 * became of it.
 */
interface Sent {
  readonly customerId: string
  readonly asked: Asked
  answer?: Answered
}

/**
 * Kills an instance and PostgreSQL so many times each while clients send as fast as they can. After
 * every kill what was answered before it must be answered again with the same bytes, what was not
 * must come to an answer by its key, and there must be nothing else. Answers what was not so.
 */
export async function playKills(
  cluster: Cluster,
  databaseUrl: string,
  kills: number,
  say: (line: string) => void
): Promise<string[]> {
  const stage = await openStage({ databaseUrl, inProcess: 1, processes: 2, cluster, from: FROM })
  try {
    const customers = Array.from({ length: CUSTOMERS }, (_, index) => `K-${index}`)
    for (const customerId of customers) await newCustomer(stage, customerId, LIMIT_MINOR)
    const all: Sent[] = []
    const failures: string[] = []
    const counts = { acknowledged: 0, resolved: 0 }
    for (let kill = 1; kill <= 2 * kills && failures.length === 0; kill += 1) {
      const afterMs = 100 + ((kill * 37) % 300)
      const fault: Fault =
        kill % 2 === 0 ? { kind: 'database', afterMs } : { kind: 'instance', instance: kill >> 1, afterMs }
      const sent = await underLoad(stage, customers, kill, () => stage.strike(fault))
      const open = sent.filter(({ answer }) => answer === undefined)
      await inTurns(open, async (each) => {
        each.answer = await stage.ask(each.asked)
      })
      failures.push(...refused(sent))
      failures.push(
        ...(await lost(
          stage,
          sent.filter((each) => !open.includes(each))
        ))
      )
      counts.acknowledged += sent.length - open.length
      counts.resolved += open.length
      all.push(...sent)
      if (kill % AUDITED_EVERY > 0 && kill < 2 * kills) continue
      failures.push(...(await invented(stage, customers, all)))
      const found = await audited(stage)
      if (found !== undefined) failures.push(found)
      say(`${kill} kills: ${JSON.stringify(counts)}`)
    }
    failures.push(...(await lost(stage, all)))
    return failures.slice(0, 20)
  } finally {
    await stage.close()
  }
}

/** Lets clients send until the blow is over, and answers what they sent. */
async function underLoad(
  stage: Stage,
  customers: readonly string[],
  kill: number,
  blow: () => Promise<void>
): Promise<Sent[]> {
  const sent: Sent[] = []
  let over = false
  const send = async (index: number, client: number, each: Sent) => {
    sent.push(each)
    const answer = await stage.send(index + client, each.asked)
    if (typeof answer === 'object' && answer.status !== 503) each.answer = answer
    // Whoever finds nobody there does not ask again at once.
    else await sleep(20)
    return each.answer
  }
  const client = async (number: number) => {
    for (let index = 0; !over; index += 1) {
      const customerId = customers[(number + index) % customers.length] ?? ''
      const name = `${kill}-${number}-${index}`
      const body = { customerId, orderId: `SO-${name}`, amount: { amount: '1.00', currency: 'CNY' } }
      const asked: Asked = { method: 'POST', path: '/v1/credit-checks', key: `check-${name}`, body }
      const check = await send(index, number, { customerId, asked })
      if (check === undefined || (check.body.reservation ?? null) === null) continue
      const path = `/v1/credit-checks/${check.body.checkId}`
      const then: Asked =
        index % 3 === 0
          ? {
              method: 'POST',
              path: `${path}/captures`,
              key: `capture-${name}`,
              body: { amount: body.amount, invoiceId: `I-${name}`, final: true }
            }
          : { method: 'POST', path: `${path}/releases`, key: `release-${name}`, body: {} }
      await send(index, number, { customerId, asked: then })
    }
  }
  const clients = Array.from({ length: CLIENTS }, (_, number) => client(number))
  try {
    await blow()
    // Some are sent to what has just come back.
    await sleep(50)
  } finally {
    over = true
    await Promise.all(clients)
  }
  return sent
}

/** What was answered otherwise than with 201, at once or by its key: nothing here is refused. */
function refused(sent: readonly Sent[]): string[] {
  const others = sent.filter(({ answer }) => answer?.status !== 201)
  return others.map(({ asked, answer }) => `refused: ${asked.path} ${asked.key} is ${answer?.status} ${answer?.text}`)
}

/** What was answered with 201 and is not there any more with the same bytes. */
async function lost(stage: Stage, sent: readonly Sent[]): Promise<string[]> {
  const found: string[] = []
  const promised = sent.filter(({ answer }) => answer?.status === 201)
  await inTurns(promised, async ({ asked, answer }) => {
    const again = await stage.ask(asked)
    if (again.status === 201 && again.text === answer?.text && again.replayed) return
    found.push(`lost: ${asked.path} ${asked.key} was ${answer?.text}, is ${again.status} ${again.text}`)
  })
  return found
}

/**
 * What is in the journal and was not answered to anybody. Everything that was sent has been
 * answered by now.
 */
async function invented(stage: Stage, customers: readonly string[], sent: readonly Sent[]): Promise<string[]> {
  const found: string[] = []
  const counted = {
    'check.decided': 'credit-checks',
    'reservation.captured': 'captures',
    'reservation.released': 'releases'
  }
  for (const customerId of customers) {
    const own = sent.filter((each) => each.customerId === customerId && each.answer?.status === 201)
    const entries = await journalOf(stage, customerId)
    for (const [type, path] of Object.entries(counted)) {
      const there = entries.filter((entry) => entry === type).length
      const asked = own.filter((each) => each.asked.path.endsWith(path)).length
      if (there !== asked)
        found.push(`${customerId}: the journal has ${there} entries ${type}, and ${asked} were answered`)
    }
  }
  return found
}

async function journalOf(stage: Stage, customerId: string): Promise<string[]> {
  const types: string[] = []
  let cursor = ''
  for (;;) {
    const { body } = await stage.ask({ method: 'GET', path: `/v1/customers/${customerId}/journal?limit=200${cursor}` })
    types.push(...(body.items as { type: string }[]).map(({ type }) => type))
    if (typeof body.nextCursor !== 'string') return types
    cursor = `&cursor=${encodeURIComponent(body.nextCursor)}`
  }
}

const AT_ONCE = 8

/** Works a list off, some at a time. */
async function inTurns<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  const left = items.values()
  const worker = async () => {
    for (const item of left) await work(item)
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
}
