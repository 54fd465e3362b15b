import type { CalibrationBand } from '../scorecards/scoring-model.ts'
import { collector } from '../values/faults.ts'
import { invalid, type ModelFault } from './model-fault.ts'

type Span = Pick<CalibrationBand, 'from' | 'to'>

/** Ranges cover every number exactly once, in rising order. */
export function rangeFaults(ranges: readonly Span[], pointer: string, noun: string): ModelFault[] {
  const { faults, expect } = collector(invalid)
  ranges.forEach(({ from, to }, index) => {
    const at = `${pointer}/${index}`
    const next = ranges[index + 1]
    if (index === 0) expect(from === undefined, `${at}/from`, `The first ${noun} is open below: it has no "from".`)
    if (next === undefined) expect(to === undefined, `${at}/to`, `The last ${noun} is open above: it has no "to".`)
    expect(from === undefined || Number.isFinite(from), `${at}/from`, 'A bound is a finite number.')
    expect(to === undefined || Number.isFinite(to), `${at}/to`, 'A bound is a finite number.')
    if (from !== undefined && to !== undefined) {
      expect(from < to, `${at}/to`, `Unreachable: "to" is larger than "from", or the ${noun} holds nothing.`)
    }
    if (next !== undefined) expect(to !== undefined && to === next.from, `${at}/to`, joinDetail(to, next.from, noun))
  })
  return faults
}

function joinDetail(to: number | undefined, from: number | undefined, noun: string): string {
  if (to === undefined || from === undefined) return `Only the first ${noun} has no "from" and only the last no "to".`
  return to < from ? `Gap: no ${noun} holds ${to} to ${from}.` : `Overlap: two ${noun}s hold ${from} to ${to}.`
}
