import { canonicalJson } from '../../src/platform/values/canonical.ts'
import type { Account } from './reference/account.ts'
import type { Command } from './reference/commands.ts'
import { act } from './reference/model.ts'

/**
 * A command and what it was answered. Without a result: an attempt of which nobody heard, so that
 * it may have happened or not; its answer would be as good as any.
 */
export interface Observed {
  readonly command: Command
  readonly result?: string
}

/** Operations at once at most: the orders of so many are tried one by one. */
const AT_ONCE_MAX = 12

/**
 * The accounts that there may be after these operations happened at once, in any order, each in one
 * instant: those of the orders in which the reference gives every answer that was observed. None:
 * the service did what no order explains. `before` says which orders there are.
 */
export function explain(
  accounts: readonly Account[],
  operations: readonly Observed[],
  before: (earlier: Observed, later: Observed) => boolean = () => false
): Account[] {
  if (operations.length > AT_ONCE_MAX)
    throw new Error(`${operations.length} operations at once are too many to explain`)
  const found = new Map<string, Account>()
  const seen = new Set<string>()
  const search = (account: Account, left: readonly Observed[]) => {
    const place = `${left.map((each) => operations.indexOf(each))} ${JSON.stringify(account)}`
    if (seen.has(place)) return
    seen.add(place)
    if (left.every(({ result }) => result === undefined)) found.set(canonicalJson(account), account)
    for (const next of left) {
      if (left.some((other) => other !== next && before(other, next))) continue
      const { account: after, result } = act(account, next.command)
      const isSeen =
        next.result === undefined || next.result === result || next.result === seenLater(account, next, left)
      if (!isSeen) continue
      search(
        after,
        left.filter((other) => other !== next)
      )
    }
  }
  for (const account of accounts) search(account, operations)
  return [...found.values()]
}

/**
 * What the exposure is to a reading whose moment is after a tick that is still to come for others.
 * It waits for nobody: a command that had its moment before the tick and was not committed yet is
 * not in what it sees.
 */
function seenLater(account: Account, { command }: Observed, left: readonly Observed[]): string | undefined {
  if (command.do !== 'exposure') return undefined
  const tick = left.find((other) => other.command.do === 'tick')
  return tick && act(act(account, tick.command).account, command).result
}

/**
 * What the reference would answer if the operations happened one after the other as they stand, for
 * whoever must see why it does not fit.
 */
export function expected(account: Account, operations: readonly Observed[]): string[] {
  let now = account
  return operations.map(({ command }) => {
    const { account: after, result } = act(now, command)
    now = after
    return result
  })
}
