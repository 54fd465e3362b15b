import type { Moves } from '../../database.ts'
import type { AuditedAccount } from '../store/audit.ts'
import type { Standing } from './audited-payload.ts'
import { stands } from './decision-audit.ts'
import type { Findings } from './findings.ts'

/** What a whole chain has proved. */
interface Proved {
  readonly amounts: Required<Moves>
  readonly standing: Standing
  readonly seq: number
  readonly hash: string
  /** The currency of the first decision; undefined when there was none. */
  readonly currency: string | undefined
  readonly checks: number
  readonly reservations: number
  readonly captures: number
  /** What was passed on and released of captures. */
  readonly givenUpMinor: number
}

/** Compares an account, and the sums of its books, with what its chain has proved. */
export function auditAccount(findings: Findings, account: AuditedAccount, proved: Proved): void {
  const { customerId } = account
  const at = (what: string) => () => `${customerId}: ${what}`
  if (!account.hasAccount) {
    findings.expect('I2', false, at('there is no credit account'))
    return
  }
  const { amounts, standing } = proved
  const names = Object.keys(amounts) as (keyof Moves)[]
  findings.expect(
    'I13',
    names.every((name) => Number.isSafeInteger(Number(account[name]))),
    at('amounts of the account')
  )
  findings.expect('I13', proved.currency === undefined || proved.currency === account.currency, at('currency'))
  findings.expect(
    'I2',
    names.every((name) => Number(account[name]) === amounts[name]),
    at('account and journal differ')
  )
  const { limitMinor, fileChange } = account
  const standsNow = { ...account, limitMinor: Number(limitMinor), fileChange: fileChange ?? undefined }
  findings.expect('I2', stands(standing, standsNow), at('limit, rating or hold of the account'))
  const head = Number(account.journalSeq) === proved.seq && account.journalHash === proved.hash
  findings.expect('I14', head, at('head of the chain'))

  const receivables = Number(account.openInvoicesMinor) - Number(account.unappliedMinor)
  findings.expect('I11', receivables === amounts.receivablesMinor, at('receivables'))
  findings.expect('I11', Number(account.waitingCapturesMinor) === amounts.capturedMinor, at('captured'))
  findings.expect('I11', Number(account.openOrdersMinor) === amounts.ordersMinor, at('orders'))
  findings.expect('I11', Number(account.openDeliveriesMinor) === amounts.deliveriesMinor, at('deliveries'))
  findings.expect('I11', Number(account.openSpecialMinor) === amounts.specialMinor, at('special items'))
  const twice = account.countedTwice
  findings.expect('I11', twice === null, at(`invoice ${twice} counts beside its capture`))
  const nowhere = account.countedNowhere
  findings.expect('I11', nowhere === null, at(`item ${nowhere} is held by a reservation that has ended`))
  findings.expect('I3', Number(account.openReservationsMinor) === amounts.reservedMinor, at('reserved'))
  findings.expect('I2', account.blockedOrders === account.openBlocks, at('blocked orders'))
}

/** What is on file and in no entry was never decided. */
export function auditCounts(findings: Findings, account: AuditedAccount, proved: Proved): void {
  const { customerId } = account
  const at = (what: string) => () => `${customerId}: number of ${what}`
  findings.expect('I15', Number(account.checks) === proved.checks, at('credit checks'))
  findings.expect('I3', Number(account.reservations) === proved.reservations, at('reservations'))
  findings.expect('I21', Number(account.givenUpMinor) === proved.givenUpMinor, at('amounts released of captures'))
  findings.expect('I9', Number(account.captures) === proved.captures, at('captures'))
}
