import type { Reader } from '../../engine/index.ts'
import { keyedAs, type SentAnswer } from '../../platform/http/command.ts'
import type { ActorText } from '../../platform/values/actors.ts'
import { Problem } from '../../platform/values/problem.ts'
import { said } from '../../platform/values/said.ts'
import { slicer } from '../../platform/work/pace.ts'
import type { AskedCheck } from '../postings/facts.ts'
import type { BatchedCheck } from '../schema.ts'
import texts from '../texts.json' with { type: 'json' }

const { details } = texts

/** A batch as it was sent. */
interface AskedBatch {
  readonly checks: readonly unknown[]
  readonly callerId: string
  readonly actor: ActorText
  /** The Idempotency-Key of the batch as a whole. */
  readonly key: string | undefined
  readonly reader: Reader | undefined
  /** What is wrong with one of the orders; undefined when nothing is. */
  faultIn(check: unknown): Problem | undefined
}

/** Orders of a batch that are decided together. Checks of other callers run in between. */
const CHECKS_IN_FLIGHT_MAX = 128

/** The key of a batch is short enough to add the place of an order to it. */
const BATCH_KEY_MAX = 248

/**
 * Decides the orders of a batch in their order, each as if it had been sent alone: a refused or
 * faulty order has no influence on the others. In a batch with a key each order has the key of the
 * batch plus its place, or a key of its own. So a repetition gets the same answers, and decides
 * what a crash had left. Throws `idempotency-key-invalid`.
 */
export async function decideBatch(
  { checks, key, faultIn, ...asking }: AskedBatch,
  decideAll: (asked: readonly AskedCheck[]) => Promise<readonly PromiseSettledResult<SentAnswer>[]>
): Promise<PromiseSettledResult<SentAnswer>[]> {
  if (key !== undefined && key.length > BATCH_KEY_MAX)
    throw new Problem('idempotency-key-invalid', said(details.batchKey, { charactersMax: BATCH_KEY_MAX }))
  const outcomes: PromiseSettledResult<SentAnswer>[] = []
  const slice = slicer()
  for (let from = 0; from < checks.length; from += CHECKS_IN_FLIGHT_MAX) {
    const part = checks.slice(from, from + CHECKS_IN_FLIGHT_MAX)
    const faults: (Problem | undefined)[] = []
    for (const one of part) {
      faults.push(faultIn(one))
      await slice()
    }
    const sound = part.flatMap((check, index) =>
      faults[index] === undefined ? [askedOf(check as BatchedCheck, { ...asking, key }, from + index)] : []
    )
    const decided = (await decideAll(sound)).values()
    for (const fault of faults) {
      const outcome = fault === undefined ? decided.next().value : ({ status: 'rejected', reason: fault } as const)
      if (outcome === undefined) throw new Error('every order has an outcome')
      outcomes.push(outcome)
    }
  }
  return outcomes
}

function askedOf(
  { idempotencyKey, ...wanted }: BatchedCheck,
  { callerId, actor, key: batchKey, reader }: Pick<AskedBatch, 'callerId' | 'actor' | 'key' | 'reader'>,
  place: number
): AskedCheck {
  const key = idempotencyKey ?? (batchKey === undefined ? undefined : `${batchKey}:${place}`)
  // The same as if it had been sent alone, so that its key means the same in both cases.
  const url = `/v1/credit-checks${reader === undefined ? '' : `?reader=${reader}`}`
  const alone = { method: 'POST', url, body: wanted }
  return { callerId, actor, wanted, reader, keyed: key === undefined ? undefined : keyedAs(key, alone) }
}

/** The answer to a batch. It is a repetition when every order was decided before. */
export function batchAnswer(
  outcomes: readonly PromiseSettledResult<SentAnswer>[],
  { dryRun, problemOf }: { readonly dryRun: boolean; problemOf(reason: unknown): { readonly status: number } }
): SentAnswer {
  const results = outcomes.map((outcome, index) => {
    if (outcome.status === 'rejected') {
      const problem = problemOf(outcome.reason)
      return JSON.stringify({ index, status: problem.status, problem })
    }
    const { status, body } = outcome.value
    return `{"index":${index},"status":${dryRun ? 200 : status},"check":${body}}`
  })
  const replayed = outcomes.every((outcome) => outcome.status === 'fulfilled' && outcome.value.replayed)
  return { status: 200, headers: {}, body: `{"results":[${results.join(',')}]}`, replayed }
}
