import { FEATURES } from '../../features/feature-catalogue.ts'
import type { ReasonCode } from '../../reasons/reasons.ts'
import type { CompiledReason, CompiledReasons } from '../compiled-model.ts'
import type {
  Characteristic,
  CharacteristicGroup,
  PredictiveCharacteristic,
  ScoringModel,
  WoeCharacteristic
} from '../scoring-model.ts'

type Explained = Pick<
  Characteristic | WoeCharacteristic | PredictiveCharacteristic,
  'group' | 'feature' | 'reason' | 'strength' | 'reasonCode'
>

const MISSING_CODES: Readonly<Record<CharacteristicGroup, ReasonCode>> = {
  statements: 'STATEMENTS_MISSING',
  payment_behaviour: 'PAYMENT_HISTORY_MISSING',
  records: 'RECORDS_MISSING',
  standing: 'STANDING_UNKNOWN',
  qualitative: 'ASSESSMENT_BY_PERSON_MISSING',
  profile: 'PROFILE_INCOMPLETE',
  person: 'PROFILE_INCOMPLETE'
}

/**
 * Whether a model ranks its reasons by points that are earned, not lost: above the baseline, or,
 * where points mean more risk, below it.
 */
export function ranksGains(model: ScoringModel): boolean {
  const isRisk = model.kind === 'predictive' && model.predictor.predicts === 'riskPoints'
  return model.reasons?.ranking === (isRisk ? 'below' : 'above')
}

/**
 * The reasons in the order of the model: of those that weigh the same, the earlier is named first.
 */
export function compileReasons(
  { group, feature, reason, strength, reasonCode }: Explained,
  attributeCodes: readonly (string | undefined)[],
  reasons: CompiledReason[]
): CompiledReasons {
  const place = (code: ReasonCode, direction: CompiledReason['direction'], own = reasonCode): number => {
    const known = reasons.findIndex((each) => each.code === code && each.direction === direction && each.own === own)
    return known >= 0 ? known : reasons.push({ code, direction, own }) - 1
  }
  const isDifferent = attributeCodes.some((each) => each !== undefined)
  const statements = group === 'statements'
  const stated = Object.hasOwn(FEATURES, feature) && FEATURES[feature]?.source === 'profile'
  const missing = stated ? 'PROFILE_INCOMPLETE' : MISSING_CODES[group]
  return {
    weak: place(reason, 'adverse'),
    strong: place(strength, 'favourable'),
    weakByAttribute: isDifferent ? attributeCodes.map((each) => place(reason, 'adverse', each ?? reasonCode)) : [],
    stale: place(statements ? 'STATEMENTS_STALE' : 'INPUT_STALE', 'adverse'),
    missing: place(missing, 'adverse'),
    incomplete: place(statements ? 'STATEMENT_ITEMS_MISSING' : missing, 'adverse')
  }
}
