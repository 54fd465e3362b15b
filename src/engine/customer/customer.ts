/** What a customer is in law. */
export const CUSTOMER_KINDS = ['company', 'sole_trader', 'individual'] as const
export type CustomerKind = (typeof CUSTOMER_KINDS)[number]
