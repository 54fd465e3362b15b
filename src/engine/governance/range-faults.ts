import type { CalibrationBand } from '../scorecards/scoring-model.ts'
import { collector } from '../values/faults.ts'
import type { Text } from '../values/text.ts'
import type { Values } from '../values/wording.ts'
import { invalid, type ModelFault } from './model-fault.ts'
import texts from './texts.json' with { type: 'json' }

const { faults: faultTexts } = texts

type Span = Pick<CalibrationBand, 'from' | 'to'>

/** Ranges cover every number exactly once, in rising order. */
export function rangeFaults(ranges: readonly Span[], pointer: string, kind: 'band' | 'range'): ModelFault[] {
  const { faults, expect } = collector(invalid)
  const noun = texts.nouns[kind]
  ranges.forEach(({ from, to }, index) => {
    const at = `${pointer}/${index}`
    const next = ranges[index + 1]
    if (index === 0) expect(from === undefined, `${at}/from`, faultTexts.firstRange, { noun })
    if (next === undefined) expect(to === undefined, `${at}/to`, faultTexts.lastRange, { noun })
    expect(from === undefined || Number.isFinite(from), `${at}/from`, faultTexts.bound)
    expect(to === undefined || Number.isFinite(to), `${at}/to`, faultTexts.bound)
    if (from !== undefined && to !== undefined) {
      expect(from < to, `${at}/to`, faultTexts.emptyRange, { noun })
    }
    if (next !== undefined) expect(to !== undefined && to === next.from, `${at}/to`, ...joinFault(to, next.from, noun))
  })
  return faults
}

function joinFault(to: number | undefined, from: number | undefined, noun: Text): [Text, Values] {
  if (to === undefined || from === undefined) return [faultTexts.openRange, { noun }]
  return [to < from ? faultTexts.gap : faultTexts.overlap, { noun, to, from }]
}
