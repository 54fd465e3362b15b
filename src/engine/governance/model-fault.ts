import type { Text } from '../values/text.ts'
import { filled, type Values } from '../values/wording.ts'

/**
 * `invalid`: the document contradicts itself, or names what does not exist. `prohibited-feature`:
 * an input is one that people may not be judged by. `restricted-feature`: an input is one that may
 * be used only with a written justification, which is not there.
 */
export const MODEL_FAULT_CODES = ['invalid', 'prohibited-feature', 'restricted-feature'] as const
type ModelFaultCode = (typeof MODEL_FAULT_CODES)[number]

/** One fault of a scoring model. `pointer` is a JSON pointer into it. */
export interface ModelFault {
  pointer: string
  code: ModelFaultCode
  detail: string
  /** The same in Chinese; left out where it is said in English alone. */
  zh?: string
}

/** A fault by which the document contradicts itself, or names what does not exist. */
export function invalid(pointer: string, text: Text, values?: Values): ModelFault {
  return modelFault(pointer, 'invalid', text, values)
}

/**
 * A fault whose sentence is made only now that it is one. What the document lacks, although its
 * shape asks for it, is told as such.
 */
export function modelFault(pointer: string, code: ModelFaultCode, text: Text, values: Values = {}): ModelFault {
  const stated = Object.entries(values).map(([name, value]) => [name, value ?? String(value)])
  const { en, zh } = filled(text, Object.fromEntries(stated))
  return { pointer, code, detail: en.trimEnd(), zh }
}
