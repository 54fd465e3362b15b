import { type CompiledStep, type Inputs, isNotValid, type Program, resultIn, type Slots } from './program.ts'
import { asComparable, BATCH_ROWS, type BatchRoom, batchRoom, fillColumns, sumBatch } from './trees.ts'

/**
 * The results of many rows, without what they are made of; not a number where there is none. The
 * values stand in the order of `inputs`.
 */
export function resultsOfRows(program: Program, rows: readonly Inputs[]): Float64Array {
  const results = new Float64Array(rows.length)
  const rooms = program.steps.map(({ trees }) => (trees?.batch === undefined ? undefined : batchRoom(trees.fields)))
  const slots = Array.from({ length: Math.min(BATCH_ROWS, rows.length) }, (): Slots => new Array(program.steps.length))
  for (let start = 0; start < rows.length; start += BATCH_ROWS) {
    const count = Math.min(BATCH_ROWS, rows.length - start)
    const isRefused = new Uint8Array(count)
    program.steps.forEach((step, place) => {
      const room = rooms[place]
      if (room === undefined) runEach(step, place, slots, rows, start, isRefused)
      else runTrees(step, place, slots, room, count)
    })
    for (let row = 0; row < count; row += 1)
      results[start + row] = isRefused[row] === 1 ? Number.NaN : resultIn(program, slots[row] as Slots)
  }
  return results
}

function runEach(
  { run }: CompiledStep,
  place: number,
  slots: readonly Slots[],
  rows: readonly Inputs[],
  start: number,
  isRefused: Uint8Array
): void {
  for (let row = 0; row < isRefused.length; row += 1) {
    const own = slots[row] as Slots
    const value = run(own, rows[start + row] as Inputs)
    if (value === null) isRefused[row] = 1
    own[place] = value ?? undefined
  }
}

function runTrees(
  { trees, of }: CompiledStep,
  place: number,
  slots: readonly Slots[],
  room: BatchRoom,
  rows: number
): void {
  if (trees?.batch === undefined) return
  const isInvalid = new Uint8Array(rows)
  for (let field = 0; field < of.length; field += 1) {
    const from = of[field] as number
    for (let row = 0; row < rows; row += 1) {
      const given = (slots[row] as Slots)[from]
      const value = asComparable(given)
      if (Number.isNaN(value) && isNotValid(given)) isInvalid[row] = 1
      fillColumns(room, field, row, value)
    }
  }
  sumBatch(trees.batch, trees.isAverage, room, rows)
  for (let row = 0; row < rows; row += 1)
    (slots[row] as Slots)[place] = isInvalid[row] === 1 ? Number.NaN : (room.sums[row] as number)
}
