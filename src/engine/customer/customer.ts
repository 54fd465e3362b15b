import type { Addressee } from '../values/wording.ts'

/** What a customer is in law. */
export const CUSTOMER_KINDS = ['company', 'sole_trader', 'individual'] as const
export type CustomerKind = (typeof CUSTOMER_KINDS)[number]

/** How a customer is addressed: a sole trader is a person, whatever the business is called. */
export function addresseeOf(kind: CustomerKind): Addressee {
  return kind === 'company' ? 'company' : 'person'
}
