// How long a large body keeps everybody else waiting, and how much memory it takes: bodies that are
// refused, and the largest that are accepted, while another caller asks whether the service lives.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { PROFILE } from '../test/given.ts'
import { askUntilTaken, type Client, connectTo, type Request } from './http.ts'
import { median, print } from './measure.ts'
import { startPostgres } from './postgres.ts'
import { type BenchService, memoryMb, startService } from './service.ts'

const { values: options } = parseArgs({ options: { rounds: { type: 'string', default: '3' } } })

/** The other caller asks again so long after an answer. */
const ASK_EVERY_MS = 2
/** The service takes so long at most to let go of its garbage. */
const COLLECTED_WITHIN_MS = 300
/** A smaller body says nothing of what is built of it: the work that it asks for takes more. */
const TELLING_MB = 0.5

interface Sample {
  readonly name: string
  readonly request: Request
}

const money = (amount: string) => ({ amount, currency: 'CNY' })
const post = (path: string, body: object): Request => ({ method: 'POST', path, body: JSON.stringify(body) })
const customer = '/v1/customers/C-1'
const filled = (count: number, text: string) => Array.from({ length: count }, () => text).join(',')

const REFUSED: readonly Sample[] = [
  ...['{}', '0', '[]', '{"invoiceId":"I"}'].map((entry) => ({
    name: `a million invoices: ${entry}`,
    request: {
      method: 'POST' as const,
      path: `${customer}/reconciliations`,
      body: `{"invoices":[${filled(Math.floor(4_000_000 / (entry.length + 1)), entry)}]}`
    }
  })),
  {
    name: '5,100 faulty invoices',
    request: {
      method: 'POST',
      path: `${customer}/reconciliations`,
      body: `{"invoices":[${filled(5_100, '{"a":1,"b":2,"c":3}')}]}`
    }
  },
  {
    name: 'allocations: a megabyte of zeros',
    request: { method: 'POST', path: `${customer}/payments`, body: `{"allocations":[${filled(500_000, '0')}]}` }
  },
  {
    name: '5,000 unknown keys',
    request: post('/v1/credit-checks', Object.fromEntries(Array.from({ length: 4_990 }, (_, key) => [`key${key}`, 0])))
  },
  {
    name: 'a name of a megabyte',
    request: { method: 'PUT', path: customer, body: JSON.stringify({ ...PROFILE, name: 'x'.repeat(1_000_000) }) }
  },
  {
    name: 'a megabyte of escapes',
    request: { method: 'PUT', path: customer, body: `{"name":"${'\\u0041'.repeat(170_000)}"}` }
  },
  {
    name: '1,000 faulty orders',
    request: post('/v1/credit-check-batches', {
      checks: Array.from({ length: 1_000 }, () => ({ a: 1, b: 2, c: 3, d: 4, e: 5, f: 6, g: 7, h: 8, i: 9 }))
    })
  }
]

const items = Array.from({ length: 5_000 }, (_, index) => ({
  itemId: `SO-${index}`,
  category: 'order',
  open: money('5200.00'),
  shipOn: '2026-04-20',
  dueOn: '2026-05-20',
  disputed: false,
  statistical: false,
  sourceVersion: 1
}))
const invoices = Array.from({ length: 5_000 }, (_, index) => ({
  invoiceId: `INV-${index}`,
  amount: money('5200.00'),
  open: money('5200.00'),
  issuedOn: '2026-03-01',
  dueOn: '2026-05-20',
  disputed: false,
  dunningLevel: 1,
  sourceVersion: 1
}))
const snapshot = (apply: boolean, documents: object) => ({
  snapshotAt: new Date().toISOString(),
  apply,
  control: { count: 5_000, totals: [money('26000000.00')] },
  ...documents
})

const ACCEPTED: readonly Sample[] = [
  { name: '5,000 items compared', request: post(`${customer}/reconciliations`, snapshot(false, { items })) },
  { name: '5,000 invoices compared', request: post(`${customer}/reconciliations`, snapshot(false, { invoices })) },
  { name: '5,000 items applied', request: post(`${customer}/reconciliations`, snapshot(true, { items })) },
  { name: '5,000 invoices applied', request: post(`${customer}/reconciliations`, snapshot(true, { invoices })) },
  {
    name: '1,000 orders',
    request: post('/v1/credit-check-batches', {
      checks: Array.from({ length: 1_000 }, (_, index) => ({
        customerId: 'C-1',
        orderId: `SO-N-${index}`,
        amount: money('100.00')
      }))
    })
  },
  {
    name: 'a model of 4 MB that is none',
    request: {
      method: 'POST',
      path: '/v1/models/validate',
      body: `{"a":[${filled(1_300_000, '0.').replaceAll('0.', '10')}]}`
    }
  }
]

const postgres = await startPostgres()
let service: BenchService | undefined
try {
  service = await startService(postgres, {
    NODE_OPTIONS: `--import=${join(import.meta.dirname, 'collector.ts')}`,
    // What is let go of goes back to the system, and counts when it is taken again.
    MALLOC_MMAP_THRESHOLD_: '65536'
  })
  const { port, authorization } = service
  const watcher = await connectTo({ port, authorization })
  await askUntilTaken(watcher, { method: 'PUT', path: customer, body: JSON.stringify({ ...PROFILE, name: 'x' }) })
  for (const [kind, samples] of Object.entries({ refused: REFUSED, accepted: ACCEPTED })) {
    const worst = { ms: 0, times: 0, beyond: 0 }
    for (const sample of samples) {
      const seen = await largestOf(sample, service, watcher)
      worst.ms = Math.max(worst.ms, seen.silentMs)
      if (seen.size >= TELLING_MB) worst.times = Math.max(worst.times, seen.megabytes / seen.size)
      worst.beyond = Math.max(worst.beyond, seen.megabytes - seen.size)
    }
    print('METRIC', `loop_ms_${kind}`, worst.ms, 'ms')
    print('METRIC', `memory_mb_${kind}`, worst.beyond, 'MB beyond the size')
    if (kind === 'accepted') print('METRIC', 'memory_times_accepted', worst.times, 'times the size')
  }
  watcher.close()
} finally {
  await service?.stop()
  await postgres.stop()
}

interface Seen {
  /** The longest time for which nobody else was answered. */
  readonly silentMs: number
  readonly megabytes: number
  readonly size: number
}

/**
 * The round in which others waited least, since what the machine does besides is not the service's;
 * of the memory the middle one. Before each all garbage goes: room that an earlier one left would
 * hide what this one takes.
 */
async function largestOf({ name, request }: Sample, service: BenchService, watcher: Client): Promise<Seen> {
  const { pid } = service
  const rounds: Seen[] = []
  let status = 0
  for (let round = 0; round < Number(options.rounds); round += 1) {
    const before = await memoryWithoutGarbage(pid)
    let silentMs = 0
    let answered = false
    const watch = (async () => {
      while (!answered) {
        const asked = performance.now()
        await watcher.ask({ method: 'GET', path: '/livez' })
        silentMs = Math.max(silentMs, performance.now() - asked)
        await sleep(ASK_EVERY_MS)
      }
    })()
    // A body that cannot be read ends its connection.
    const sender = await connectTo(service)
    const began = performance.now()
    status = (await sender.ask(request)).status
    const took = performance.now() - began
    answered = true
    sender.close()
    await watch
    const size = (request.body ?? '').length / 1_048_576
    const megabytes = memoryMb(pid, 'VmHWM') - before
    rounds.push({ silentMs, megabytes, size })
    console.log(
      `${name.padEnd(36)} ${status} ${size.toFixed(2).padStart(6)} MB  silent ${silentMs.toFixed(0).padStart(5)} ms of ${took.toFixed(0).padStart(5)}  memory ${megabytes.toFixed(1)} MB`
    )
  }
  return {
    silentMs: Math.min(...rounds.map(({ silentMs }) => silentMs)),
    megabytes: median(rounds.map(({ megabytes }) => megabytes)),
    size: rounds[0]?.size ?? 0
  }
}

/** Memory that is in use once all garbage is gone; the peak is counted from here on. */
async function memoryWithoutGarbage(pid: number): Promise<number> {
  process.kill(pid, 'SIGWINCH')
  await sleep(COLLECTED_WITHIN_MS)
  writeFileSync(`/proc/${pid}/clear_refs`, '5')
  return memoryMb(pid, 'VmRSS')
}
