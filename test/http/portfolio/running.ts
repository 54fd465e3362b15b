import { setTimeout as sleep } from 'node:timers/promises'
import type { Service } from '../../service.ts'

const WAIT_MS = 50_000

interface ShownRun {
  readonly runId: string
  readonly state: string
  readonly counts: Readonly<Record<'total' | 'scored' | 'changed' | 'unrated' | 'failed', number>>
  readonly failures: readonly { readonly customerId: string; readonly reason: string }[]
  readonly failedReason: string | null
  readonly requestedBy: string
  readonly startedAt: string | null
  readonly finishedAt: string | null
}

/** The run once it has ended. */
async function ended({ send }: Pick<Service, 'send'>, runId: string): Promise<ShownRun> {
  const until = performance.now() + WAIT_MS
  for (;;) {
    const { body } = await send('GET', `/v1/rescoring-runs/${runId}`)
    if (body.finishedAt !== null) return body
    if (performance.now() > until) throw new Error(`the run has not ended: ${JSON.stringify(body)}`)
    await sleep(50)
  }
}

/** Asks for a run and waits for its end. */
export async function rescored(service: Pick<Service, 'send'>, filter: object = {}): Promise<ShownRun> {
  const { status, text, body } = await service.send('POST', '/v1/rescoring-runs', filter)
  if (status !== 201) throw new Error(`${status} ${text}`)
  return ended(service, body.runId)
}
