import type { Test } from 'tap'
import { type Service, type TestAnswer, testService } from '../service.ts'

/** How often each race is run: one that is lost once in ten shows in seven of ten suites. */
const ROUNDS = 12

/** Why there is no race: the embedded database has one session, so nothing runs at once in it. */
export const skip = process.env.TEST_DATABASE_URL ? false : 'a race needs a PostgreSQL in TEST_DATABASE_URL'

/**
 * Runs a race many times, each round with customers of its own, and audits the ledger after all.
 */
export async function race(t: Test, round: (t: Test, service: Service, customerId: string) => Promise<void>) {
  const service = await testService(t)
  for (let number = 1; number <= ROUNDS; number += 1) await round(t, service, `C-${number}`)
  const { body } = await service.send('GET', '/v1/audit/self-check')
  t.equal(body.valid, true, JSON.stringify(body.findings))
}

/** Sends all at once. */
export function atOnce(count: number, send: (index: number) => Promise<TestAnswer>): Promise<TestAnswer[]> {
  return Promise.all(Array.from({ length: count }, (_, index) => send(index)))
}

/** How many answers there are of each kind: `201`, `409 order-already-reserved`. */
export function countKinds(answers: readonly TestAnswer[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { status, body } of answers) {
    const kind = status < 400 ? String(status) : `${status} ${String(body?.type).replace('/problems/', '')}`
    counts[kind] = (counts[kind] ?? 0) + 1
  }
  return counts
}
