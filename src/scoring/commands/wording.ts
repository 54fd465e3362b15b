import {
  type CompiledModel,
  type CustomerKind,
  type counterfactuals,
  inputsWithoutValue,
  namedCounterfactuals,
  namedScore,
  type Reader as ReasonReader,
  reasonText,
  SALES,
  type ScoreReason,
  type Text,
  wordedChange
} from '../../engine/index.ts'
import type { Language } from '../../platform/http/language.ts'
import { listedNames } from '../../platform/values/said.ts'
import { audienceOf, shownTo, TEXTS_IN_FORCE } from '../../wording/postings.ts'
import type { Assessment, SimulatedAssessment } from '../schema/assessments.ts'
import type { Counterfactuals } from '../schema/counterfactuals.ts'

/** The reader and the language of sentences; without a reader, the people of the seller. */
export interface Wording {
  readonly reader?: ReasonReader | undefined
  readonly language: Language
  /** Of the customer whom the sentences address; left out: a business. */
  readonly kind?: CustomerKind
}

/** As it is stored: reasons are codes. */
export type Recorded<Run extends { reasons: unknown }> = Omit<Run, 'reasons' | 'textsVersion'> & {
  reasons: ScoreReason[]
}

/**
 * Adds the sentences of the present catalogue, and the inputs without a value. Sentences may
 * improve; the decision stays. With the model that scored, its own inputs and rules have names.
 */
export function worded<Run extends Told>(
  run: Run,
  { reader, language, kind }: Wording,
  model?: CompiledModel
): Omit<Run, 'reasons'> & Pick<Assessment, 'reasons' | 'unavailableInputs' | 'textsVersion'> {
  const unavailableInputs = inputsWithoutValue(run.contributions, run.otherInputs)
  const audience = audienceOf(reader, kind) ?? SALES
  const reasons = run.reasons.map((reason) => {
    const about = namesOf(reason, run.contributions)
    const said = { text: reasonText(reason.code, audience, about), reader: audience.reader }
    const text = namedText(reason, about, said)
    return { ...reason, text, message: text[language] }
  })
  const told = {
    ...run,
    reasons,
    textsVersion: TEXTS_IN_FORCE,
    ...(unavailableInputs.length > 0 ? { unavailableInputs } : {})
  }
  return shownTo(reader === undefined ? told : namedScore(told, audience, model?.model), reader)
}

/**
 * A reason with a code of the model names its characteristics, since its sentence fits any. The
 * code itself is not for the customer.
 */
function namedText(
  { modelCode }: ScoreReason,
  about: Text | undefined,
  { text, reader }: { readonly text: Text; readonly reader: ReasonReader }
): Text {
  if (modelCode === undefined || about === undefined) return text
  const code = reader === 'customer' ? { en: '', zh: '' } : { en: ` (${modelCode})`, zh: `（${modelCode}）` }
  return {
    en: `${about.en}${code.en}: ${text.en}`.slice(0, 1_000),
    zh: `${about.zh}${code.zh}：${text.zh}`.slice(0, 1_000)
  }
}

/** The names of the characteristics that a reason comes from. */
function namesOf({ from }: ScoreReason, contributions: Named): Text | undefined {
  const names = contributions.filter(({ id }) => from.includes(id)).map(({ name }) => name)
  if (names.length === 0) return undefined
  return listedNames(names)
}

type Named = readonly { readonly id: string; readonly name: Text }[]
type Told = Pick<
  Recorded<SimulatedAssessment>,
  'status' | 'advice' | 'range' | 'reasons' | 'contributions' | 'otherInputs' | 'notches' | 'ceilings' | 'knockouts'
> &
  Pick<Recorded<Assessment>, 'inputs'>

/** The changes with their sentence in the language that was asked for. */
export function spoken(
  { sets, ...found }: ReturnType<typeof counterfactuals>,
  model: CompiledModel,
  { reader, language, kind }: Wording
): Counterfactuals {
  const audience = audienceOf(reader, kind) ?? SALES
  const told = sets.map(({ changes, ...set }) => ({
    ...set,
    changes: changes.map((change) => {
      const text = wordedChange(model, change, audience)
      return { ...change, text, message: text[language] }
    })
  }))
  const answer = { ...found, textsVersion: TEXTS_IN_FORCE, sets: told }
  return shownTo(reader === undefined ? answer : namedCounterfactuals(answer, model.model, audience), reader)
}

/** Whether names of the parts of a model are told: to the customer these are withheld. */
export function namesParts({ reader }: Wording): boolean {
  return reader !== undefined && reader !== 'customer'
}
