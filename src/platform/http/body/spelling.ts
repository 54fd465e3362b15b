/**
 * The known word that a mistyped one most likely means; undefined when none is near. Case and
 * separators do not count, so `customer_id` finds `customerId`. One letter in three may be wrong,
 * and neighbours may be swapped.
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

/** Longer than any field of ours. The comparison takes the square of it. */
const WORD_LENGTH_MAX = 64

function plainWord(word: string): string {
  return word.slice(0, WORD_LENGTH_MAX).toLowerCase().replace(/[-_ ]/g, '')
}

/**
 * The fewest letters to insert, delete, replace or swap with a neighbour (optimal string
 * alignment).
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

/** How many characters a text has. Taking it apart would take many times its size. */
export function charactersIn(text: string): number {
  let characters = 0
  for (const _character of text) characters += 1
  return characters
}
