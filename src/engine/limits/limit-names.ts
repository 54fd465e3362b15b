import type { LimitMode } from '../ledger/exposure.ts'
import type { Text } from '../values/text.ts'
import type { LimitComponentId } from './limit.ts'
import texts from './texts.json' with { type: 'json' }

const COMPONENTS: Readonly<Record<LimitComponentId, Text>> = texts.names.components
const MODES: Readonly<Record<LimitMode, Text>> = texts.names.modes

interface Coded {
  readonly mode: LimitMode
  readonly components: readonly { readonly id: LimitComponentId }[]
}

/** A proposed limit with what people call its codes. */
export function namedLimit<Limit extends Coded>(
  limit: Limit
): Omit<Limit, 'components'> & { modeName: Text; components: (Limit['components'][number] & { name: Text })[] } {
  const components = limit.components.map((each) => ({ ...each, name: COMPONENTS[each.id] }))
  return { ...limit, modeName: MODES[limit.mode], components }
}
