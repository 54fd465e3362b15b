import type { ModelFault } from '../../../engine/index.ts'

/**
 * Something that the imported model does otherwise than the document says. `pointer` is the place
 * in the document, an XPath.
 */
export interface PmmlNote {
  readonly pointer: string
  readonly detail: string
}

/**
 * What is found while a document is read. `steps` counts the work, so that no document can make it
 * endless.
 */
export interface Findings {
  readonly faults: ModelFault[]
  readonly notes: PmmlNote[]
  steps: number
  /** In how many ways what was made does otherwise than the document says. */
  deviations: number
}

export function noFindings(): Findings {
  return { faults: [], notes: [], steps: 0, deviations: 0 }
}

/** More than these help nobody. */
const FINDINGS_MAX = 100

/** Records why the document cannot be imported. `pointer` is the place in it, an XPath. */
export function fault({ faults }: Findings, pointer: string, detail: string): undefined {
  if (faults.length < FINDINGS_MAX) faults.push({ pointer, code: 'invalid', detail })
}

/** The same is told once, however often the place is come to. */
export function note({ notes }: Findings, pointer: string, detail: string): void {
  const isTold = notes.some((each) => each.pointer === pointer && each.detail === detail)
  if (!isTold && notes.length < FINDINGS_MAX) notes.push({ pointer, detail })
}

/**
 * Predicates that are looked at in a whole document: twenty times what the largest card asks for.
 */
const STEPS_MAX = 20_000_000

/** Whether there is room for so many steps more; without, it is a fault. */
export function mayTake(findings: Findings, steps: number, pointer: string): boolean {
  findings.steps += steps
  if (findings.steps <= STEPS_MAX) return true
  fault(findings, pointer, 'The predicates up to here are too many: split the model.')
  return false
}

/** A text of the document as it is shown in a sentence. */
export function shown(text: string | undefined): string {
  return JSON.stringify((text ?? '').slice(0, 80).toWellFormed())
}
