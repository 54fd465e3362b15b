import { CASTS, type Cast, rescaledBy } from '../../../engine/index.ts'
import { fault, note, shown } from '../read/findings.ts'
import type { StepList, StepRef } from '../read/step-list.ts'
import { childOf, childrenOf, numberOf, type XmlElement } from '../read/xml.ts'
import type { Wanted } from './tree-model.ts'

/** What Targets do to an answer. */
interface Target {
  readonly min?: number
  readonly max?: number
  readonly factor?: number
  readonly constant?: number
  readonly cast?: Cast
  readonly otherwise?: number
}

/** Whether a MiningField is what its model predicts. */
export function isTarget({ attributes }: XmlElement): boolean {
  return /^(target|predicted)$/.test(attributes.get('usageType') ?? '')
}

/** Why Targets cannot be those of a model: there are several, or theirs is another field. */
function misplaced(targets: readonly XmlElement[], model: XmlElement): string | undefined {
  if (targets.length > 1) return 'There is more than one <Target>: which is meant?'
  const field = targets[0]?.attributes.get('field')
  const predicted = childOf(model, 'MiningSchema')?.children.filter(isTarget) ?? []
  if (field === undefined || predicted.length === 0) return undefined
  return predicted.some(({ attributes }) => attributes.get('name') === field)
    ? undefined
    : `The <Target> is of the field ${shown(field)}, which the model does not predict.`
}

/** A constant answer, as Targets have it. */
export function rescaled(target: Target, value: number | null): number | null {
  return value === null ? (target.otherwise ?? null) : rescaledBy(target, value)
}

/**
 * What Targets do to an answer; undefined where there is nothing to do, null, with a fault, where
 * they do what is not done here.
 */
export function targetOf(list: StepList, model: XmlElement, wanted: Wanted): Target | undefined | null {
  const parent = childOf(model, 'Targets')
  const targets = parent === undefined ? [] : childrenOf(parent, 'Target')
  const [target] = targets
  if (target === undefined) return undefined
  const refuse = (detail: string) => fault(list.findings, target.place, detail) ?? null
  const why = misplaced(targets, model)
  if (why !== undefined) return refuse(why)
  const values = childrenOf(target, 'TargetValue')
  if (wanted.kind !== 'number') {
    const priors = values.filter(({ attributes }) => attributes.has('priorProbability'))
    const prior = priors.find(({ attributes }) => attributes.get('value') === wanted.category)
    if (priors.length === 0) return undefined
    if (wanted.kind === 'vote') return refuse('What stands for a missing prediction has no vote.')
    return { otherwise: numberOf(prior?.attributes.get('priorProbability')) ?? 0 }
  }
  const number = (name: string) => {
    const text = target.attributes.get(name)
    if (text !== undefined && numberOf(text) === undefined) refuse(`${name} is a number.`)
    return numberOf(text)
  }
  const castName = target.attributes.get('castInteger')
  const cast = CASTS.find((each) => each === castName)
  if (castName !== undefined && cast === undefined) return refuse(`There is no castInteger ${shown(castName)}.`)
  const [min, max, factor, constant] = ['min', 'max', 'rescaleFactor', 'rescaleConstant'].map(number)
  const otherwise = numberOf(values[0]?.attributes.get('defaultValue'))
  const change = {
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
    ...(factor === undefined || factor === 1 ? {} : { factor }),
    ...(constant === undefined || constant === 0 ? {} : { constant }),
    ...(cast === undefined ? {} : { cast })
  }
  if (otherwise === undefined) return change
  if (Object.keys(change).length > 0) note(list.findings, target.place, DEFAULT_STANDS)
  return { ...change, otherwise }
}

/** It is a value of the target, most often the mean of them, and nothing that was predicted. */
const DEFAULT_STANDS =
  'The defaultValue of the target stands as it is where nothing is predicted: limits, rescaling and casting are of what is predicted.'

/** What a model answers, as its Targets have it. */
export function targeted(list: StepList, model: XmlElement, wanted: Wanted, raw: StepRef): StepRef | undefined {
  const target = targetOf(list, model, wanted)
  if (target === null) return undefined
  if (target === undefined) return raw
  const { otherwise, ...change } = target
  const changed =
    Object.keys(change).length === 0
      ? raw
      : list.add({ do: 'rescale', of: raw.id, ...change }, `${raw.id} on target`, 'numeric')
  return otherwise === undefined
    ? changed
    : list.add({ do: 'rescale', of: changed.id, otherwise }, `${raw.id} or its default`, 'numeric')
}
