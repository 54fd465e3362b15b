import type { Policy } from '../policy/policy.ts'
import type { OrderFacts } from './check-facts.ts'
import { type CreditLine, decideOrder, type KnownOrder, type LineDecision } from './credit-line.ts'
import { type CheckVerdict, obstaclesOf } from './order-check.ts'

/** A waiting order, as it is asked about again. */
export interface WaitingOrder {
  readonly order: OrderFacts
  readonly known: KnownOrder
}

/** The outcome of another try. */
interface Retrial<Waiting> {
  /** The orders that pass now, in their order, each with its decision. */
  readonly approved: readonly { readonly waiting: Waiting; readonly decision: LineDecision }[]
  readonly after: CreditLine
  /**
   * The first order that lacks only headroom: it and those behind it wait on. Null when there is
   * none.
   */
  readonly heldUpBy: Waiting | null
}

/**
 * Decides waiting orders once more, first come, first served. The first that lacks only headroom
 * holds up those behind it, so that none overtakes it. An order with another obstacle holds up no
 * other.
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
