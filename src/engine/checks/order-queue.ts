import type { Policy } from '../policy/policy.ts'
import type { OrderFacts } from './check-facts.ts'
import { type CreditLine, decideOrder, type KnownOrder, type LineDecision } from './credit-line.ts'
import { type CheckVerdict, obstaclesOf } from './order-check.ts'

/** An order that waits, as it is asked about again. */
export interface WaitingOrder {
  readonly order: OrderFacts
  readonly known: KnownOrder
}

/** What became of orders that waited. */
interface Retrial<Waiting> {
  /** Those that pass now, in their order, each with its decision. */
  readonly approved: readonly { readonly waiting: Waiting; readonly decision: LineDecision }[]
  readonly after: CreditLine
  /** The one that lacks only headroom: it and those behind it wait on. Null: there is none. */
  readonly heldUpBy: Waiting | null
}

/**
 * Decides orders that wait once more: first come, first served. The first that lacks nothing but
 * headroom holds up those behind it, so that they do not overtake it. One that something else stops
 * holds up none.
 */
export function retryInOrder<Waiting extends WaitingOrder>(
  policy: Policy,
  line: CreditLine,
  queue: readonly Waiting[]
): Retrial<Waiting> {
  const approved: { waiting: Waiting; decision: LineDecision }[] = []
  let after = line
  for (const waiting of queue) {
    const decision = decideOrder(policy, after, waiting.order, waiting.known)
    if (lacksOnlyHeadroom(decision.verdict)) return { approved, after, heldUpBy: waiting }
    if (decision.verdict.outcome !== 'approved' || decision.effects === null) continue
    approved.push({ waiting, decision })
    after = decision.after
  }
  return { approved, after, heldUpBy: null }
}

function lacksOnlyHeadroom(verdict: CheckVerdict): boolean {
  const obstacles = obstaclesOf(verdict)
  return obstacles.length > 0 && obstacles.every((code) => code === 'headroom' || code === 'headroom_horizon')
}
