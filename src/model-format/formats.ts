import type { ModelFault, ModelFormat, Prediction, Scaling, ScoringModel, Segment } from '../engine/index.ts'
import { lightgbmModelOf } from './boosted/lightgbm.ts'
import { xgboostModelOf } from './boosted/xgboost.ts'
import { optbinningModelOf } from './cards/optbinning.ts'
import { scorecardpyModelOf } from './cards/scorecardpy.ts'
import { toadModelOf } from './cards/toad.ts'
import { documentFaults } from './model-schema.ts'
import { DEFAULT_SCALING } from './pmml/import.ts'
import { type Findings, noFindings, note, type PmmlNote } from './pmml/read/findings.ts'
import { idOf } from './pmml/read/names.ts'
import { withCase } from './pmml/sample-case.ts'

/** What the importer may say of a model of another tool. */
export interface FormatChoices {
  /** Default: the name of the format. */
  readonly id?: string | undefined
  readonly version?: number | undefined
  readonly segment?: Segment | undefined
  readonly scaling?: Scaling | undefined
  /** The label that means default. */
  readonly bad?: string | undefined
  readonly predicts?: Prediction | undefined
  /** Of a dump of XGBoost. */
  readonly objective?: string | undefined
  readonly baseScore?: number | undefined
}

export type Imported =
  | { readonly model: ScoringModel; readonly notes: readonly PmmlNote[] }
  | { readonly faults: readonly ModelFault[] }

/** The formats beside PMML. */
export type TextFormat = Exclude<ModelFormat, 'pmml'>

const NAMES: Readonly<Record<TextFormat, string>> = {
  lightgbm: 'LightGBM',
  xgboost: 'XGBoost',
  scorecardpy: 'scorecardpy',
  toad: 'toad',
  optbinning: 'optbinning'
}

/**
 * The scoring model of what another tool saved as text. It gives what the tool gives, for every
 * row; what it takes for granted is a note, and where it cannot, there is a fault with its place: a
 * line of the text, or a JSON pointer. Never throws, whatever the text.
 */
export function fromFormat(format: TextFormat, text: string, choices: FormatChoices = {}): Imported {
  const steps = formatSteps(format, text, choices)
  for (let step = steps.next(); ; step = steps.next()) if (step.done) return step.value
}

/** The same, pausing between the parts of the text. */
export function* formatSteps(
  format: TextFormat,
  text: string,
  choices: FormatChoices = {}
): Generator<void, Imported, void> {
  const findings = noFindings()
  const model = yield* modelIn(findings, format, text, choices)
  if (model === undefined || findings.faults.length > 0) return { faults: findings.faults }
  yield
  const made = model.kind === 'predictive' ? withCase(model) : model
  const shape = documentFaults(made)
  return shape.length > 0 ? { faults: shape } : { model: made, notes: findings.notes }
}

function* modelIn(
  findings: Findings,
  format: TextFormat,
  text: string,
  choices: FormatChoices
): Generator<void, ScoringModel | undefined, void> {
  const { id, version = 1, segment = 'company', scaling } = choices
  if (isCard(format)) return CARDS[format](findings, text, choices)
  if (scaling === undefined) {
    const { points, odds, pointsToDoubleOdds } = DEFAULT_SCALING
    note(
      findings,
      '',
      `The model does not say what points mean: ${points} points are taken for odds of ${odds}:1, and ${pointsToDoubleOdds} more to double them.`
    )
  }
  const head = {
    id: id ?? idOf(format, 'imported', 64),
    version,
    name: id ?? NAMES[format],
    description: `Imported from ${NAMES[format]}.`,
    segment,
    scaling: scaling ?? DEFAULT_SCALING
  }
  return yield* TREES[format](findings, text, head, choices)
}

/** The readers of cards. */
const CARDS = { scorecardpy: scorecardpyModelOf, toad: toadModelOf, optbinning: optbinningModelOf } as const

type CardFormat = keyof typeof CARDS

/** The readers of trees. */
const TREES = { lightgbm: lightgbmModelOf, xgboost: xgboostModelOf } as const satisfies Record<
  Exclude<TextFormat, CardFormat>,
  unknown
>

function isCard(format: TextFormat): format is CardFormat {
  return format in CARDS
}
