import Type, { type Static } from 'typebox'
import { CHANGE_KINDS, COUNTERFACTUAL_GOALS } from '../../engine/index.ts'
import { component, nullable, oneOf, ref, Text } from '../../platform/http/schema.ts'
import { named, namedInOrder, TextsVersion } from '../../wording/schema.ts'
import { AdviceField, asOf, FeatureId, FeatureValue, Grade, message, points } from './fields.ts'

const Change = Type.Object({
  kind: oneOf(CHANGE_KINDS, {
    description: 'improve: the value has to change; renew: it is too old; provide: it is missing'
  }),
  kindName: named('the kind of change'),
  feature: FeatureId,
  featureName: named('the feature'),
  characteristics: Type.Array(Type.String({ maxLength: 64 }), {
    maxItems: 200,
    description: 'Ids of the characteristics that use the feature; empty where only conditions or requirements do'
  }),
  characteristicsNames: namedInOrder('these characteristics', 200),
  from: nullable(FeatureValue, 'The present value; null: there is none'),
  asOf,
  to: Type.Union([Type.Number(), Type.String({ maxLength: 200 }), Type.Boolean()], {
    description: 'The value that was tried: the nearest to the present one that is enough'
  }),
  target: Type.Object(
    {
      atLeast: Type.Optional(Type.Number({ description: 'From this value on' })),
      below: Type.Optional(Type.Number({ description: 'Up to this value, without it' })),
      values: Type.Optional(
        Type.Array(Type.Union([Type.String({ maxLength: 200 }), Type.Boolean()]), {
          maxItems: 500,
          description: 'One of these'
        })
      )
    },
    { description: 'Every value that is enough: a range or a list; empty where any value is' }
  ),
  points: Type.Number({ description: 'Points that its characteristics then earn more' }),
  text: ref(Text),
  message
})

export const Counterfactuals = component(
  'Counterfactuals',
  'The smallest sets of changes that the customer can influence and that reach what is next, each tried by scoring',
  Type.Object({
    goal: nullable(
      oneOf(COUNTERFACTUAL_GOALS),
      'rating: any rating; advice: that the case is no longer referred or declined; grade: a better grade; null: there is nothing better'
    ),
    goalName: named('the goal'),
    textsVersion: TextsVersion,
    grade: nullable(Grade, 'The grade that is at least reached; null: the goal is another'),
    complete: Type.Boolean({
      description:
        'Whether it is certain that no set changes fewer features. Where false, the search was cut short, or the model is a predictive one whose inputs the customer can influence: what it makes of other values is not searched'
    }),
    sets: Type.Array(
      Type.Object({
        changes: Type.Array(Change, { maxItems: 8, description: 'All of them are needed' }),
        score: points('The score that they reach'),
        pd: Type.Number({ minimum: 0, maximum: 1, description: 'Probability of default within a year, with them' }),
        grade: { ...Grade, description: 'The grade that they reach' },
        advice: AdviceField,
        adviceName: named('the advice'),
        points: Type.Number({ description: 'Points more than now' }),
        clears: Type.Array(Type.String({ maxLength: 64 }), {
          maxItems: 150,
          description: 'Ids of the notches, ceilings and knock-outs that then no longer lower the grade or the advice'
        }),
        clearsNames: namedInOrder('these rules', 150)
      }),
      {
        maxItems: 3,
        description: 'One set for each combination of features, the smallest first. All of a set is needed'
      }
    )
  })
)
export type Counterfactuals = Static<typeof Counterfactuals>
