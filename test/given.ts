import type { Client } from './service.ts'

/**
 * Accounts that earn the grade BBB and carry a limit of 8.3 million yuan: more than any test asks
 * for.
 */
export const STATEMENT = {
  periodEnd: '2025-12-31',
  months: 12,
  currency: 'CNY',
  unit: 10_000,
  consolidated: false,
  audited: true,
  balanceSheet: {
    cashAndEquivalents: '1850',
    currentAssets: '9600',
    totalAssets: '15200',
    currentLiabilities: '5400',
    totalLiabilities: '6900',
    retainedEarnings: '4100',
    equity: '8300'
  },
  income: { revenue: '32500', ebit: '1980', interestExpense: '210', netIncome: '1320' },
  cashFlow: { netCashFromOperatingActivities: '1460' }
}

export const PROFILE = { kind: 'company', country: 'CN', industry: '46', registeredOn: '2009-05-18' }

export const cny = (amount: string) => ({ amount, currency: 'CNY' })

type Sender = Pick<Client, 'send'>

/** A company with a year's accounts. */
export async function givenCustomer({ send }: Sender, customerId: string): Promise<void> {
  await send('PUT', `/v1/customers/${customerId}`, { ...PROFILE, name: `Customer ${customerId}` })
  await send('PUT', `/v1/customers/${customerId}/statements/FY2025`, STATEMENT)
}

/** The same, assessed: its rating is in force. */
export async function givenRated(service: Sender, customerId: string): Promise<void> {
  await givenCustomer(service, customerId)
  await service.send('POST', `/v1/customers/${customerId}/assessments`, {})
}

/**
 * The same with a limit of exactly this amount, in whole thousands of yuan up to the policy's
 * authority of half a million.
 */
export async function givenLimit(service: Sender, customerId: string, amount: string): Promise<void> {
  await givenRated(service, customerId)
  await setLimit(service, customerId, amount)
}

/** Decides a limit of exactly this amount, and answers the decision's id. */
export async function setLimit({ send }: Sender, customerId: string, amount: string): Promise<string> {
  const { body } = await send('POST', `/v1/customers/${customerId}/limit-decisions`, { requested: cny(amount) })
  if (body.state !== 'applied' || body.decision.amount.amount !== amount)
    throw new Error(`the limit is not ${amount}: ${JSON.stringify(body)}`)
  return body.limitDecisionId
}
