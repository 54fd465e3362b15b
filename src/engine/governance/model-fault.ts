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
}

/** A fault by which the document contradicts itself, or names what does not exist. */
export function invalid(pointer: string, detail: string): ModelFault {
  return { pointer, code: 'invalid', detail }
}
