/**
 * The one of the known words that a mistyped one most likely means; undefined: none is near. Case
 * and separators do not count, so that `customer_id` finds `customerId`; of the letters one in
 * three may be wrong, and neighbours may have changed places.
 */
export function nearestWord(word: string, known: readonly string[]): string | undefined {
  const plain = plainWord(word)
  let nearest: string | undefined
  let least = Math.floor(plain.length / 3) + 1
  for (const each of known) {
    const distance = editDistance(plain, plainWord(each))
    if (distance < least) [nearest, least] = [each, distance]
  }
  return nearest
}

/** Longer than any field of ours; what is compared takes the square of it. */
const WORD_LENGTH_MAX = 64

function plainWord(word: string): string {
  return word.slice(0, WORD_LENGTH_MAX).toLowerCase().replace(/[-_ ]/g, '')
}

/**
 * The fewest letters that are put in, left out, replaced or swapped with their neighbour (optimal
 * string alignment).
 */
function editDistance(left: string, right: string): number {
  let before: number[] = []
  let above = Array.from({ length: right.length + 1 }, (_, column) => column)
  for (let row = 1; row <= left.length; row += 1) {
    const line = [row]
    for (let column = 1; column <= right.length; column += 1) {
      const same = left[row - 1] === right[column - 1]
      const replaced = at(above, column - 1) + (same ? 0 : 1)
      const swaps = row > 1 && column > 1 && left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1]
      const swapped = swaps ? at(before, column - 2) + 1 : replaced
      line.push(Math.min(replaced, swapped, at(above, column) + 1, at(line, column - 1) + 1))
    }
    before = above
    above = line
  }
  return at(above, right.length)
}

function at(line: readonly number[], column: number): number {
  return line[column] ?? Number.POSITIVE_INFINITY
}
