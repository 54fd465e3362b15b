import type { FeatureType, Operand, Step } from '../../../engine/index.ts'
import { PREDICTOR_COUNTS_MAX } from '../../predictor-schema.ts'
import { type Findings, fault } from './findings.ts'
import { plainText, uniqueNames } from './names.ts'

/** A step without its id. */
export type StepBody = Step extends infer Each ? (Each extends Step ? Omit<Each, 'id'> : never) : never

/** What a step gives: its name and the type of its values. */
export interface StepRef {
  readonly id: string
  readonly type: FeatureType
  /** Numbers in 32 bits. */
  readonly isSingle: boolean
}

/** A constant, or what a step gives; with the type of its values. */
export type Term = StepRef | { readonly constant: number | string | boolean; readonly type: FeatureType }

/** Steps in the order in which they are worked out; the same step is there once. */
export interface StepList {
  readonly findings: Findings
  readonly steps: readonly Step[]
  add(body: StepBody, wanted: string, type: FeatureType, isSingle?: boolean): StepRef
  /** The step of an id, and the inputs that it depends on. */
  step(id: string): Step | undefined
  inputs(id: string): readonly string[]
}

/**
 * So many steps are made while a document is read. The conditions of trees are among them, of which
 * no step is left.
 */
const STEPS_MADE_MAX = 200_000

/** Tells, once, that there are more steps than a model may have. */
export function tooManySteps(findings: Findings): undefined {
  const detail = `The document asks for more than ${PREDICTOR_COUNTS_MAX.steps} steps, which are too many: split the model.`
  if (!findings.faults.some((each) => each.detail === detail)) fault(findings, '/PMML', detail)
}

export function stepList(findings: Findings, lookedAt: (step: Step) => readonly string[]): StepList {
  const steps: Step[] = []
  const refs = new Map<string, StepRef>()
  const byId = new Map<string, Step>()
  const inputs = new Map<string, readonly string[]>()
  const unique = uniqueNames()
  return {
    findings,
    steps,
    add(body, wanted, type, isSingle = false) {
      const key = JSON.stringify(body)
      const known = refs.get(key)
      if (known !== undefined) return known
      if (steps.length >= STEPS_MADE_MAX) {
        tooManySteps(findings)
        return { id: wanted, type, isSingle }
      }
      const id = unique(plainText(wanted, 150) || 'step')
      const step = { id, ...body } as Step
      const ref = { id, type, isSingle }
      steps.push(step)
      byId.set(id, step)
      refs.set(key, ref)
      const own = step.do === 'read' ? [step.input] : lookedAt(step).flatMap((each) => inputs.get(each) ?? [])
      inputs.set(id, [...new Set(own)])
      return ref
    },
    step: (id) => byId.get(id),
    inputs: (id) => inputs.get(id) ?? []
  }
}

export function isConstant(term: Term): term is Extract<Term, { constant: unknown }> {
  return 'constant' in term
}

/** A term as an operand of a step. */
export function operandOf(term: Term): Operand {
  if (!isConstant(term)) return term.id
  return typeof term.constant === 'string' ? { text: term.constant } : term.constant
}

/** The step of a term; a constant becomes one. */
export function stepOf(list: StepList, term: Term): StepRef {
  if (!isConstant(term)) return term
  const text = String(term.constant)
  return list.add({ do: 'apply', function: 'same', to: [operandOf(term)] }, `constant ${text}`, term.type)
}
