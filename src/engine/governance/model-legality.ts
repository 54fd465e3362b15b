import { isFeatureId } from '../features/feature-catalogue.ts'
import { type Jurisdiction, type LegalRuling, legalClassOf } from '../features/legal-class.ts'
import type { Requirement, RestrictedUse, ScoringModel } from '../scorecards/scoring-model.ts'
import { collector } from '../values/faults.ts'
import type { Text } from '../values/text.ts'
import { invalid, type ModelFault, modelFault } from './model-fault.ts'
import texts from './texts.json' with { type: 'json' }

const { faults: faultTexts } = texts

/**
 * What a model uses that the law of a jurisdiction profile forbids or restricts. A prohibited
 * feature has no place in the document at all. A restricted one may stand in a characteristic that
 * is not enabled; whatever else uses it, be it a characteristic, a requirement, a knock-out or a
 * notch, needs a justification in `restricted`.
 */
export function legalFaults(model: ScoringModel, jurisdiction: Jurisdiction): ModelFault[] {
  const justified = new Set((model.restricted ?? []).map(({ feature }) => feature))
  const uses = usesOf(model).flatMap(({ feature, pointer, enabled }): ModelFault[] => {
    const ruling = legalClassOf(feature, jurisdiction)
    if (ruling.class === 'prohibited') {
      const values = { feature, jurisdiction, because: because(ruling) }
      return [modelFault(pointer, 'prohibited-feature', faultTexts.prohibited, values)]
    }
    if (ruling.class === 'allowed' || !enabled || justified.has(feature)) return []
    const values = { feature, jurisdiction, because: because(ruling) }
    return [modelFault(pointer, 'restricted-feature', faultTexts.restricted, values)]
  })
  return [...justificationFaults(model.restricted ?? []), ...uses]
}

interface Use {
  readonly feature: string
  readonly pointer: string
  /** Whether it has a say in scores. */
  readonly enabled: boolean
}

function usesOf(model: ScoringModel): Use[] {
  const { characteristics, evidence, ceilings, knockouts, notches = [] } = model
  const steps = model.kind === 'predictive' ? model.predictor.steps : []
  const read = steps.flatMap((step, index) =>
    step.do === 'read' ? [{ feature: step.input, pointer: `/predictor/steps/${index}/input`, enabled: true }] : []
  )
  const required = (list: readonly { requires: readonly Requirement[] }[], name: string) =>
    list.flatMap(({ requires }, index) =>
      requires.flatMap((each, place) =>
        'feature' in each ? [use(each.feature, `/${name}/${index}/requires/${place}`)] : []
      )
    )
  const conditioned = (list: readonly { when: readonly { feature: string }[] }[], name: string) =>
    list.flatMap(({ when }, index) => when.map(({ feature }, place) => use(feature, `/${name}/${index}/when/${place}`)))
  return [
    ...characteristics.map((each, index) =>
      use(each.feature, `/characteristics/${index}`, !('enabled' in each) || each.enabled !== false)
    ),
    ...read,
    ...required(evidence, 'evidence'),
    ...required(ceilings, 'ceilings'),
    ...conditioned(knockouts, 'knockouts'),
    ...conditioned(notches, 'notches')
  ]
}

function use(feature: string, at: string, enabled = true): Use {
  return { feature, pointer: `${at}/feature`, enabled }
}

function because({ reason, basis }: LegalRuling): Text {
  return reason === null ? { en: '', zh: '' } : { en: `${reason.en} (${basis})`, zh: `${reason.zh}依据：${basis}。` }
}

/** Each justification is of a feature that exists, is given once, and says something. */
function justificationFaults(restricted: readonly RestrictedUse[]): ModelFault[] {
  const { faults, expect } = collector(invalid)
  restricted.forEach(({ feature, justification }, index) => {
    const at = `/restricted/${index}`
    expect(isFeatureId(feature), `${at}/feature`, faultTexts.noFeature, { feature })
    expect(
      restricted.findIndex((each) => each.feature === feature) === index,
      `${at}/feature`,
      faultTexts.justifiedTwice,
      { feature }
    )
    expect(justification.trim() !== '', `${at}/justification`, faultTexts.emptyJustification)
  })
  return faults
}
