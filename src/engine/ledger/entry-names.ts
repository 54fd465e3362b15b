import type { Text } from '../values/text.ts'
import type { EntryType } from './entry-types.ts'
import texts from './texts.json' with { type: 'json' }

const NAMES: Readonly<Record<EntryType, Text>> = texts.entries

/** What people call an entry of the journal, such as 订单放行 for `order.released`. */
export function nameOfEntry(type: EntryType): Text {
  return NAMES[type]
}
