import { lockAccount, readCurrentAccount, requireAccount, saveAccount } from '../accounts/store.ts'
import { creditFileRows } from '../customers/store.ts'
import type { Reader, Row, Writer } from '../database.ts'
import type { Deps } from '../deps.ts'
import {
  addMonths,
  type CompiledModel,
  type CreditFile,
  type CustomerProfile,
  features,
  minorOf,
  reasonText,
  type ScoreResult,
  score,
  statementFaults
} from '../engine/index.ts'
import type { Caller } from '../platform/auth.ts'
import { readClock } from '../platform/clock.ts'
import type { Answer } from '../platform/deciding.ts'
import { newId } from '../platform/ids.ts'
import { keyOfCursor, PAGE_LIMIT_DEFAULT, type Page, pageOfRows } from '../platform/page.ts'
import { fieldProblem, Problem } from '../platform/problem.ts'
import type { Assessment, AssessmentQuery, CreditFileToAssess, Rating, SimulatedAssessment } from './schema.ts'
import { insertAssessment, listAssessments } from './store.ts'

/**
 * Runs the model over the customer's file as it is today, stores the run and sets the rating.
 * The newest assessment decides: one that ends unrated withdraws the rating, because what it rested on is gone or stale.
 */
export async function assess(deps: Deps, trx: Writer, caller: Caller, customerId: string): Promise<Answer> {
  const locked = await lockAccount(trx, deps.clock, customerId)
  const { now, today, account } = locked
  const file = { ...(await creditFileRows(trx, customerId)), currency: account.currency } as CreditFile
  const model = modelFor(deps, file.profile.kind)
  const result = score(model, features(file, today), today)
  const assessment: Assessment = { assessmentId: newId('asm'), customerId, madeAt: now, ...explained(model, result) }
  const { assessmentId, status, grade } = assessment
  const row = {
    customerId,
    assessmentId,
    asOf: today,
    madeAt: now,
    modelId: result.model.id,
    modelVersion: result.model.version,
    status,
    grade,
    document: JSON.stringify(assessment)
  }
  const ratingValidUntil = grade === null ? null : addMonths(today, deps.policy.rating.validityMonths)
  const rating = { grade, ratingValidUntil, ratingAssessmentId: assessmentId, ratedAt: now }
  const entry = {
    type: 'assessment.made',
    subject: assessmentId,
    payload: { result, previousGrade: account.grade, ratingValidUntil }
  } as const
  await saveAccount(trx, locked, caller.keyId, [entry], { changes: rating, writes: [insertAssessment(row)] })
  return { status: 201, value: assessment, location: `/v1/customers/${customerId}/assessments/${assessmentId}` }
}

/** The same over a file that the caller sends: nothing is stored. */
export async function simulate(deps: Deps, given: CreditFileToAssess): Promise<SimulatedAssessment> {
  const asOf = given.asOf ?? (await readClock(deps.db, deps.clock)).today
  for (const [index, { statement }] of (given.statements ?? []).entries()) {
    const place = `/statements/${index}/statement`
    const errors = statementFaults(statement).map((fault) => ({ ...fault, pointer: place + fault.pointer }))
    if (errors.length > 0)
      throw new Problem('unbalanced-statement', errors.map(({ detail }) => detail).join(' '), { errors })
  }
  const model = modelFor(deps, given.profile.kind)
  return explained(model, score(model, features(givenFile(deps, given), asOf), asOf))
}

/** Assessments of a customer, newest first. */
export async function pageOfAssessments(
  db: Reader,
  customerId: string,
  { cursor, limit = PAGE_LIMIT_DEFAULT }: AssessmentQuery
): Promise<Page<Assessment>> {
  await requireAccount(db, customerId)
  const listing = { list: 'assessments', customerId }
  const rows = await listAssessments(db, customerId, keyOfCursor(cursor, listing), limit)
  const assessments = rows.map((row) => row.document as Assessment)
  return pageOfRows(assessments, limit, listing, (assessment) => assessment.assessmentId)
}

/** The rating of a customer as it stands today. */
export async function readRating({ db, clock }: Deps, customerId: string): Promise<Rating> {
  const { account, today } = await readCurrentAccount(db, clock, customerId)
  return ratingOf(account, today)
}

/** The rating of an account row as it stands on a day. */
export function ratingOf(
  account: Pick<Row<'creditAccounts'>, 'customerId' | 'grade' | 'ratingValidUntil' | 'ratingAssessmentId' | 'ratedAt'>,
  today: string
): Rating {
  const { customerId, grade, ratingValidUntil, ratingAssessmentId, ratedAt } = account
  const state =
    grade === null || ratingValidUntil === null ? 'unrated' : ratingValidUntil < today ? 'expired' : 'in_force'
  return { customerId, state, grade, validUntil: ratingValidUntil, assessmentId: ratingAssessmentId, ratedAt }
}

function modelFor({ models }: Deps, kind: CustomerProfile['kind']): CompiledModel {
  const found = models.find(({ model }) => model.segment === kind)
  if (found === undefined) throw new Problem('model-missing', `No model for customers of the kind ${kind} is in force.`)
  return found
}

/** The engine's result with the names and sentences of its catalogues. */
function explained({ model }: CompiledModel, result: ScoreResult): SimulatedAssessment {
  const names = new Map(model.characteristics.map(({ id, name }) => [id, name]))
  return {
    ...result,
    contributions: result.contributions.map((each) => ({
      ...each,
      name: names.get(each.id) ?? { en: each.id, zh: each.id }
    })),
    reasons: result.reasons.map((reason) => ({ ...reason, text: reasonText(reason.code, 'sales') }))
  }
}

function givenFile(
  deps: Deps,
  { profile, statements = [], invoices = [], currency = deps.currency }: CreditFileToAssess
): CreditFile {
  const inCurrency = (money: { amount: string; currency: string }, pointer: string) => {
    if (money.currency !== currency)
      throw fieldProblem(
        `${pointer}/currency`,
        'currency',
        `The invoices are in ${currency}, this amount is in ${money.currency}.`
      )
    return minorOf(money)
  }
  return {
    profile: profile as CustomerProfile,
    statements,
    currency,
    invoices: invoices.map(({ invoiceId, amount, issuedOn, dueOn, disputed = false }, index) => {
      if (dueOn < issuedOn)
        throw fieldProblem(
          `/invoices/${index}/dueOn`,
          'before_issue',
          `dueOn ${dueOn} lies before issuedOn ${issuedOn}.`
        )
      return { invoiceId, issuedOn, dueOn, disputed, amountMinor: inCurrency(amount, `/invoices/${index}/amount`) }
    }),
    settlements: invoices.flatMap(({ invoiceId, settlements: made = [] }, index) =>
      made.map(({ settledOn, amount }, part) => ({
        invoiceId,
        settledOn,
        amountMinor: inCurrency(amount, `/invoices/${index}/settlements/${part}/amount`),
        by: 'payment' as const
      }))
    )
  }
}
