// What sixteen callers who ask for counterfactuals cost those who check orders: the times of checks
// at a fixed pace with them, against the same run without.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { parseArgs } from 'node:util'
import { givenCustomers } from './given-customers.ts'
import { connectTo } from './http.ts'
import type { LoadOrder, LoadResult } from './load.ts'
import { median, print } from './measure.ts'
import { startPostgres } from './postgres.ts'
import { type BenchService, startService } from './service.ts'

const { values: options } = parseArgs({
  options: {
    seconds: { type: 'string', default: '10' },
    rounds: { type: 'string', default: '3' },
    callers: { type: 'string', default: '16' },
    customers: { type: 'string', default: '50' },
    pace: { type: 'string', default: '40' }
  }
})
const seconds = Number(options.seconds)
const customers = Number(options.customers)
const callers = Number(options.callers)

const postgres = await startPostgres()
let service: BenchService | undefined
try {
  service = await startService(postgres)
  const places = await givenCustomers(await connectTo(service), postgres, customers)
  const rounds: { alone: LoadResult; beside: LoadResult; answered: number; refused: number }[] = []
  await checks(service)
  await withQuestions(service, places, () => checks(service as BenchService))
  for (let round = 0; round < Number(options.rounds); round += 1) {
    const alone = await checks(service)
    const { result: beside, ...asked } = await withQuestions(service, places, () => checks(service as BenchService))
    rounds.push({ alone, beside, ...asked })
    console.log(
      `check alone p50 ${alone.p50.toFixed(1)} p99 ${alone.p99.toFixed(1)} ms; beside p50 ${beside.p50.toFixed(1)} p99 ${beside.p99.toFixed(1)} ms; ${(asked.answered / seconds).toFixed(1)} answers/s, ${asked.refused} refused, checks failed ${beside.failed}`
    )
  }
  const middle = (of: (round: (typeof rounds)[number]) => number) => median(rounds.map(of))
  print(
    'RATIO',
    'neighbours_p50',
    middle(({ alone, beside }) => beside.p50 / alone.p50)
  )
  print(
    'RATIO',
    'neighbours_p99',
    middle(({ alone, beside }) => beside.p99 / alone.p99)
  )
  print(
    'METRIC',
    'neighbours_answered',
    middle(({ answered }) => answered / seconds),
    '1/s'
  )
  print(
    'METRIC',
    'neighbours_refused',
    middle(({ refused }) => refused)
  )
} finally {
  await service?.stop()
  await postgres.stop()
}

/** Checks at a fixed pace, from a process of their own. */
async function checks({ port, authorization }: BenchService): Promise<LoadResult> {
  const child = fork(new URL('./load.ts', import.meta.url))
  const order: LoadOrder = { port, authorization, clients: 8, seconds, customers, pace: Number(options.pace) }
  child.send(order)
  const [result] = (await once(child, 'message')) as [LoadResult]
  child.kill()
  return result
}

/** Runs work while callers ask, each as soon as it is answered. */
async function withQuestions<Result>(
  { port, authorization }: BenchService,
  places: readonly string[],
  work: () => Promise<Result>
): Promise<{ result: Result; answered: number; refused: number }> {
  const counts = { answered: 0, refused: 0 }
  let done = false
  const asking = Array.from({ length: callers }, async (_, caller) => {
    const { ask, close } = await connectTo({ port, authorization })
    for (let turn = caller; !done; turn += 1) {
      const { status } = await ask({ method: 'GET', path: `${places[turn % places.length]}/counterfactuals` })
      if (status === 200) counts.answered += 1
      else counts.refused += 1
    }
    close()
  })
  const result = await work()
  done = true
  const { answered, refused } = counts
  await Promise.all(asking)
  return { result, answered, refused }
}
