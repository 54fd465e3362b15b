import { FEATURE_TYPES, FEATURES } from '../features/feature-catalogue.ts'
import { type ProhibitedConcept, prohibitedConcept } from '../features/prohibited-concepts.ts'
import type { ModelInput } from '../scorecards/scoring-model.ts'
import { collector } from '../values/faults.ts'
import type { Text } from '../values/text.ts'
import { invalid, type ModelFault, modelFault } from './model-fault.ts'
import texts from './texts.json' with { type: 'json' }

const { faults: faultTexts } = texts
const concepts: Readonly<Record<ProhibitedConcept, Text>> = texts.concepts

const INPUT_ID = /^[A-Za-z][A-Za-z0-9_.-]{0,99}$/

/** Declared inputs have names of their own; none is what people may not be judged by. */
export function inputFaults(inputs: readonly ModelInput[]): ModelFault[] {
  const { faults, expect } = collector(invalid)
  inputs.forEach(({ id, type, whole, description }, index) => {
    const at = `/inputs/${index}`
    expect(INPUT_ID.test(id), `${at}/id`, faultTexts.inputId)
    expect(!Object.hasOwn(FEATURES, id), `${at}/id`, faultTexts.inCatalogue, { id })
    expect(FEATURE_TYPES.includes(type), `${at}/type`, faultTexts.inputType, { choices: FEATURE_TYPES.join(', ') })
    expect(whole === undefined || type === 'numeric', `${at}/whole`, faultTexts.wholeInput)
    const written = [
      [`${at}/id`, id],
      [`${at}/description/en`, description.en],
      [`${at}/description/zh`, description.zh]
    ] as const
    for (const [pointer, text] of written) {
      const concept = prohibitedConcept(text)
      if (concept === undefined) continue
      const values = { text, concept: concepts[concept] }
      faults.push(modelFault(pointer, 'prohibited-feature', faultTexts.prohibitedConcept, values))
    }
  })
  return faults
}
