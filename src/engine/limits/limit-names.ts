import type { LimitMode } from '../ledger/exposure.ts'
import { type Names, nameIn, withNames } from '../values/naming.ts'
import type { Text } from '../values/text.ts'
import type { Audience, Wording } from '../values/wording.ts'
import type { ComponentGap, LimitComponent, LimitComponentId, LimitInput, LimitProposal } from './limit.ts'
import texts from './texts.json' with { type: 'json' }

const { names } = texts
const COMPONENTS: Readonly<Record<LimitComponentId, Wording>> = names.components
const STATUSES: Readonly<Record<LimitProposal['status'], Wording>> = names.statuses
const INPUTS: Readonly<Record<LimitInput, Wording>> = names.inputs
const GAPS: Readonly<Record<ComponentGap, Wording>> = names.gaps

/** What people call the modes of a limit, and the states of a limit decision. */
export const LIMIT_MODE_NAMES: Readonly<Record<LimitMode, Wording>> = names.modes
export const LIMIT_STATE_NAMES: Names = names.states

interface Coded {
  readonly mode: LimitMode
  readonly status: LimitProposal['status']
  readonly bindingConstraint: LimitComponentId | null
  readonly components: readonly Pick<LimitComponent, 'id' | 'gap' | 'inputs'>[]
}

/** A proposed limit with what people call its codes. */
export function namedLimit<Limit extends Coded>(
  limit: Limit,
  audience: Audience
): Omit<Limit, 'components'> & {
  modeName?: Text
  statusName?: Text
  bindingConstraintName?: Text
  components: (Limit['components'][number] & { name?: Text; gapName?: Text; inputsNames?: Record<string, Text> })[]
} {
  const components = limit.components.map((each) => {
    const name = nameIn(COMPONENTS, each.id, audience)
    const inputsNames = namesOfInputs(each.inputs, audience)
    return { ...withNames(each, { gap: GAPS }, audience), ...(name === undefined ? {} : { name }), inputsNames }
  })
  const of = { mode: LIMIT_MODE_NAMES, status: STATUSES, bindingConstraint: COMPONENTS }
  return { ...withNames(limit, of, audience), components }
}

function namesOfInputs(inputs: LimitComponent['inputs'], audience: Audience): Record<string, Text> {
  return Object.fromEntries(
    Object.keys(inputs).flatMap((id) => {
      const name = nameIn(INPUTS, id, audience)
      return name === undefined ? [] : [[id, name]]
    })
  )
}
