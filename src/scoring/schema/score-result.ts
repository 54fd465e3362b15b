import Type from 'typebox'
import {
  CHARACTERISTIC_GROUPS,
  CONTRIBUTION_STATES,
  KNOCKOUT_STATES,
  REASON_CODES,
  SCORE_STATUSES
} from '../../engine/index.ts'
import { BusinessDate, component, nullable, oneOf, ref, Text } from '../../platform/http/schema.ts'
import { named, namedInOrder, TextsVersion } from '../../wording/schema.ts'
import { AdviceField, asOf, FeatureId, FeatureValue, Grade, message, missing, points } from './fields.ts'

const Reason = oneOf(REASON_CODES, { description: 'A code of the catalogue of reasons; it never gets another meaning' })
const RuleId = Type.String({ maxLength: 64, description: 'Id of the rule in the model' })
const RuleState = oneOf(KNOCKOUT_STATES, {
  description: 'fired: its condition is met; clear: it is not; not_evaluable: what it asks for is missing'
})
const applied = Type.Boolean({ description: 'Whether it changed the outcome' })
const source = nullable(Type.String({ maxLength: 200 }), 'Where the value comes from; null: there is none')

const Contribution = component(
  'Contribution',
  'What one characteristic brought to the score',
  Type.Object({
    id: Type.String({ maxLength: 64, description: 'Id of the characteristic in the model' }),
    name: ref(Text),
    group: oneOf(CHARACTERISTIC_GROUPS, { description: 'What it tells of' }),
    groupName: named('the group'),
    stateName: named('the state'),
    missingName: named('the reason why there is no value'),
    feature: FeatureId,
    featureName: named('the feature'),
    value: nullable(FeatureValue, 'What was looked at; null: `missing` says why there is no value'),
    state: oneOf(CONTRIBUTION_STATES, { description: 'Whether the value was there and young enough' }),
    missing,
    asOf,
    source,
    attribute: nullable(
      Type.Integer(),
      'Index of the attribute (bin) in the model; null: the missing rule gave the points'
    ),
    points: points('Points that it earned'),
    pointsMax: points('Points that it could earn'),
    pointsLost: points('Points less than it could earn'),
    weight: points('Its weight in the model'),
    reason: Reason
  })
)

const Ceiling = Type.Object({
  id: RuleId,
  name: named('the ceiling'),
  bestGrade: { ...Grade, description: 'The best grade while it is not met' },
  met: Type.Boolean({ description: 'Whether its requirements are proved' }),
  applied,
  reason: Reason
})
const Notch = Type.Object({
  id: RuleId,
  name: named('the notch'),
  grades: Type.Integer({ description: 'Above 0 for a better grade, below 0 for a worse one' }),
  state: RuleState,
  stateName: named('the state'),
  applied,
  reason: Reason
})
const Knockout = Type.Object({
  id: RuleId,
  name: named('the knock-out'),
  adviceName: named('the advice'),
  capGrade: nullable(Grade, 'The best grade once it has fired; null: it caps none'),
  advice: AdviceField,
  state: RuleState,
  stateName: named('the state'),
  applied,
  reason: Reason
})

const ScoreReason = component(
  'ScoreReason',
  'A reason for the score, the gravest first',
  Type.Object({
    code: Reason,
    direction: oneOf(['adverse', 'favourable'], { description: 'Whether it speaks against or for the customer' }),
    directionName: named('the direction'),
    modelCode: Type.Optional(
      Type.String({ maxLength: 64, description: 'The reason code of the model itself; left out: it has none' })
    ),
    points: Type.Number({ description: 'Points lost, or earned above the worst' }),
    from: Type.Array(Type.String({ maxLength: 64 }), {
      maxItems: 50,
      description:
        'Ids of the characteristics, notches, ceilings or knock-outs, or of the evidence of which one would do'
    }),
    fromNames: namedInOrder('these characteristics or rules', 50),
    text: ref(Text),
    message
  })
)

/** What a model says of a credit file. */
export const result = {
  model: Type.Object(
    {
      id: Type.String({ maxLength: 64, description: 'Id of the model' }),
      version: Type.Integer({ minimum: 1, description: 'Version of the model' })
    },
    { description: 'The model that was run' }
  ),
  asOf: { ...BusinessDate, description: 'The day of which the file was looked at' },
  status: oneOf(SCORE_STATUSES, {
    description: 'unrated: too little is known; the contributions and the range say what is missing'
  }),
  statusName: named('the status'),
  adviceName: named('the advice'),
  score: nullable(Type.Number(), 'On the scale of the model; null: unrated'),
  healthScore: nullable(
    Type.Number({ minimum: 0, maximum: 100 }),
    'Where the score lies between the lowest and the highest possible, 0 to 100; null: unrated'
  ),
  pd: nullable(Type.Number({ minimum: 0, maximum: 1 }), 'Probability of default within a year; null: unrated'),
  grade: nullable(Grade, 'From AAA, the best, to D, in default; null: unrated'),
  gradeBeforeKnockouts: nullable(
    Grade,
    'The grade of the score, before notches, ceilings and knock-outs; null: unrated'
  ),
  gradeKept: nullable(
    Grade,
    'The grade of the last rating, where the score has not left its band by enough to change it; null: none was kept'
  ),
  advice: AdviceField,
  coverage: Type.Number({
    minimum: 0,
    maximum: 1,
    description: 'The share of the weight that is known and young enough'
  }),
  basePoints: points('Points that every customer begins with, or of a predictive model what the average earns'),
  prediction: Type.Optional(
    nullable(
      Type.Number(),
      'Of a predictive model: what its producer answers, such as a probability; null: it has no result. Left out for a card'
    )
  ),
  range: Type.Object(
    {
      scoreMin: points('What the known inputs alone prove'),
      scoreMax: points('With every missing input at its best'),
      gradeMin: { ...Grade, description: 'The grade of scoreMin' },
      gradeMax: { ...Grade, description: 'The grade of scoreMax' },
      worthMost: nullable(
        Type.Object({
          id: Type.String({ maxLength: 64, description: 'Id of the characteristic' }),
          name: named('the characteristic'),
          feature: FeatureId,
          featureName: named('the feature'),
          points: points('Points that it could add at most')
        }),
        'The missing or stale characteristic that could still add the most points; null: nothing is missing'
      )
    },
    {
      description:
        'From what the known inputs alone prove to what it would be if every missing input came in at its best'
    }
  ),
  contributions: Type.Array(ref(Contribution), { maxItems: 200, description: 'Every characteristic of the model' }),
  notches: Type.Array(Notch, { maxItems: 50, description: 'Rules that move the grade by some steps' }),
  ceilings: Type.Array(Ceiling, { maxItems: 50, description: 'Rules that a good grade must prove' }),
  knockouts: Type.Array(Knockout, { maxItems: 50, description: 'Rules that cap the grade or advise against credit' }),
  reasons: Type.Array(ref(ScoreReason), {
    maxItems: 6,
    description: 'At most four adverse, then at most two favourable'
  }),
  textsVersion: TextsVersion,
  previousGrade: nullable(
    Grade,
    'The grade in force before, which a model may keep for a score that hardly changed; null: there was none'
  ),
  otherInputs: Type.Array(
    Type.Object({
      feature: FeatureId,
      featureName: named('the feature'),
      value: nullable(FeatureValue, 'What was looked at; null: `missing` says why there is no value'),
      missing,
      missingName: named('the reason why there is no value'),
      asOf,
      source
    }),
    {
      maxItems: 500,
      description: 'What the model looked at beside the contributions: features of conditions and requirements alone'
    }
  ),
  unavailableInputs: Type.Optional(
    Type.Array(FeatureId, {
      maxItems: 200,
      description:
        'Inputs that the model declares beside the catalogue and that had no value: they counted as missing, by the rules of the model. Left out: there were none'
    })
  ),
  unavailableInputsNames: namedInOrder('these inputs', 200)
}
