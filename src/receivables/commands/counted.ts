import type { Moves, Row } from '../../database.ts'

/** Which sum of the account an item belongs to, with what of it counts there: nothing of one that is only shown, or not open. */
export function countedAs({
  category,
  openMinor,
  state,
  statistical
}: Pick<Row<'exposureItems'>, 'category' | 'openMinor' | 'state' | 'statistical'>): Moves {
  if (statistical || state !== 'open') return {}
  if (category === 'order') return { ordersMinor: openMinor }
  if (category === 'delivery') return { deliveriesMinor: openMinor }
  return { specialMinor: openMinor }
}

/** What moves when one item takes the place of another, or of none. */
export function movesBetween(before: Row<'exposureItems'> | undefined, after: Row<'exposureItems'>): Moves {
  const left = before === undefined ? {} : countedAs(before)
  const right = countedAs(after)
  const moves: Record<string, number> = {}
  for (const amount of ['ordersMinor', 'deliveriesMinor', 'specialMinor'] as const) {
    const moved = (right[amount] ?? 0) - (left[amount] ?? 0)
    if (moved !== 0) moves[amount] = moved
  }
  return moves
}
