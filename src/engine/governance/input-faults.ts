import { FEATURE_TYPES, FEATURES } from '../features/feature-catalogue.ts'
import { type ProhibitedConcept, prohibitedConcept } from '../features/prohibited-concepts.ts'
import type { ModelInput } from '../scorecards/scoring-model.ts'
import { collector } from '../values/faults.ts'
import { invalid, type ModelFault } from './model-fault.ts'

const INPUT_ID = /^[A-Za-z][A-Za-z0-9_.-]{0,99}$/

/** Declared inputs have names of their own; none is what people may not be judged by. */
export function inputFaults(inputs: readonly ModelInput[]): ModelFault[] {
  const { faults, expect } = collector(invalid)
  inputs.forEach(({ id, type, whole, description }, index) => {
    const at = `/inputs/${index}`
    expect(
      INPUT_ID.test(id),
      `${at}/id`,
      'An id is a letter, then letters, digits, "_", "." and "-", at most 100 in all.'
    )
    expect(!Object.hasOwn(FEATURES, id), `${at}/id`, `"${id}" is in the feature catalogue: it is not declared.`)
    expect(FEATURE_TYPES.includes(type), `${at}/type`, `A type is one of ${FEATURE_TYPES.join(', ')}.`)
    expect(whole === undefined || type === 'numeric', `${at}/whole`, 'Only numbers are whole.')
    const texts = [
      [`${at}/id`, id],
      [`${at}/description/en`, description.en],
      [`${at}/description/zh`, description.zh]
    ] as const
    for (const [pointer, text] of texts) {
      const concept = prohibitedConcept(text)
      if (concept === undefined) continue
      const detail = `"${text}" speaks of ${CONCEPT_NAMES[concept]}: people may not be judged by it.`
      faults.push({ pointer, code: 'prohibited-feature', detail })
    }
  })
  return faults
}

const CONCEPT_NAMES: Readonly<Record<ProhibitedConcept, string>> = {
  age: 'age',
  sex: 'sex or gender',
  familyStatus: 'marital or family status',
  children: 'children or dependants',
  ethnicity: 'ethnicity',
  religion: 'religion',
  nationality: 'nationality',
  health: 'health',
  politics: 'political opinion',
  union: 'membership of a trade union'
}
