import Type, { type Static } from 'typebox'
import { SHADOW_STATUSES } from '../../engine/index.ts'
import { AssessmentId, CustomerId } from '../../ids.ts'
import {
  BusinessDate,
  closed,
  component,
  nullable,
  oneOf,
  pageOf,
  pageQuery,
  ref,
  Timestamp
} from '../../platform/http/schema.ts'
import { named, namedByKey, reader } from '../../wording/schema.ts'
import { Counterfactuals } from './counterfactuals.ts'
import { inputValues } from './fields.ts'
import { result } from './score-result.ts'

export const AssessmentPath = Type.Object({
  customerId: { ...CustomerId, examples: ['C-1001'] },
  assessmentId: AssessmentId
})

export const SimulatedAssessment = component(
  'SimulatedAssessment',
  'What the model says of the file that was sent',
  Type.Object({ ...result, counterfactuals: Type.Optional(ref(Counterfactuals)) })
)
export type SimulatedAssessment = Static<typeof SimulatedAssessment>

const WORKINGS = ['stored', 'recomputed', 'unavailable'] as const
const working = oneOf(WORKINGS, {
  description:
    'Where contributions and reasons come from. stored: as they were recorded; recomputed: made in a run over the portfolio, and worked out ' +
    'from the recorded inputs by the same version of the model, with the recorded outcome; unavailable: that version is not here or gives ' +
    'another outcome now, so that only the recorded outcome is shown'
})

export const Assessment = component(
  'Assessment',
  'One immutable run of a model over a credit file',
  Type.Object({
    assessmentId: AssessmentId,
    customerId: CustomerId,
    madeAt: Timestamp,
    working,
    workingName: named('where the working comes from'),
    ...result,
    inputs: Type.Optional(
      Type.Object(
        {
          givenOn: { ...BusinessDate, description: 'The day of the call that gave them' },
          values: { ...inputValues, description: 'By the id of the input; null: the caller knew of none' },
          valuesNames: namedByKey('these inputs')
        },
        {
          description:
            'What the last call gave for inputs that the model declares; a run over the portfolio takes it over. Left out: nothing'
        }
      )
    )
  })
)
export type Assessment = Static<typeof Assessment>
export const ShadowAssessments = component(
  'ShadowAssessments',
  'What the models in shadow said of the facts of an assessment; they decided nothing',
  Type.Object({
    items: Type.Array(
      Type.Object({
        model: result.model,
        status: oneOf(SHADOW_STATUSES, { description: 'failed: the model broke off' }),
        statusName: named('the status'),
        grade: result.grade,
        score: result.score,
        pd: result.pd,
        assessment: nullable(ref(SimulatedAssessment), 'All that it said; null: it broke off')
      }),
      { maxItems: 200, description: 'Each model in shadow once' }
    )
  })
)
export type ShadowAssessments = Static<typeof ShadowAssessments>
export const AssessmentPage = pageOf('AssessmentPage', Assessment)

export const SimulateQuery = Type.Object(
  {
    reader,
    counterfactuals: Type.Optional(
      Type.Boolean({
        default: false,
        examples: [true],
        description: 'Also answer which smallest changes would reach the next grade'
      })
    )
  },
  { additionalProperties: false }
)
export type SimulateQuery = Static<typeof SimulateQuery>
export const AssessmentQuery = Type.Object({ ...pageQuery, reader }, { additionalProperties: false })
export type AssessmentQuery = Static<typeof AssessmentQuery>

export const NewAssessment = component(
  'NewAssessment',
  'The file as it is today is assessed, with what the call gives for inputs that the model declares',
  closed(Type.Object({ inputs: Type.Optional(inputValues) }, { examples: [{}] }))
)
export type NewAssessment = Static<typeof NewAssessment>
