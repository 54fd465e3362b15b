import { markFile } from '../accounts/postings/file-change.ts'
import { lockAccount, requireAccount, saveAccount } from '../accounts/store.ts'
import type { Reader, Row, Writer } from '../database.ts'
import type { Deps } from '../deps.ts'
import {
  annualisationNote,
  comparedItems,
  derivedItems,
  liesAhead,
  priorOf,
  RATIOS,
  ratios,
  referenceModels,
  statedDate,
  statementFaults
} from '../engine/index.ts'
import type { CustomerId, StatementId } from '../ids.ts'
import type { Caller } from '../platform/http/auth.ts'
import type { Answer } from '../platform/http/command.ts'
import { etagOf, requireMatch } from '../platform/http/etag.ts'
import { KeyField, keyOfCursor, listKey, PAGE_LIMIT_DEFAULT, type Page, pageOfRows } from '../platform/http/page.ts'
import { canonicalJson, sha256 } from '../platform/values/canonical.ts'
import { faultsProblem, fieldProblem, Problem } from '../platform/values/problem.ts'
import { said } from '../platform/values/said.ts'
import type { NewStatement, RatioValue, Statement, StatementQuery, StatementSummary } from './schema.ts'
import { findStatement, listStatements, saveStatement, statementsOf } from './store.ts'
import texts from './texts.json' with { type: 'json' }

const { details } = texts

/** What the list is in the order of. */
const KEY = listKey({ statementId: KeyField.clientId<'statement'>() })

/**
 * Records a set of accounts. One that does not add up is refused with the difference; the same
 * content again changes nothing.
 */
export async function putStatement(
  deps: Deps,
  trx: Writer,
  caller: Caller,
  { customerId, statementId }: { customerId: CustomerId; statementId: StatementId },
  ifMatch: string | undefined,
  wanted: NewStatement
): Promise<Answer> {
  const locked = await lockAccount(trx, deps.clock, customerId)
  if (liesAhead(wanted.periodEnd, locked.today))
    throw fieldProblem(
      '/periodEnd',
      'future_date',
      said(details.future, { periodEnd: statedDate(wanted.periodEnd), today: statedDate(locked.today) })
    )
  const faults = statementFaults(wanted)
  if (faults.length > 0) throw faultsProblem('unbalanced-statement', faults)
  const before = await findStatement(trx, customerId, statementId)
  if (before !== undefined || ifMatch !== undefined) requireMatch(ifMatch, before?.version ?? 0)
  if (before !== undefined && canonicalJson(before.document) === canonicalJson(wanted))
    return answerOf(200, await shown(trx, before))
  const row = {
    customerId,
    statementId,
    periodEnd: wanted.periodEnd,
    version: (before?.version ?? 0) + 1,
    createdAt: before?.createdAt ?? locked.now,
    updatedAt: locked.now
  }
  const { changes, told } = markFile(locked, 'other')
  const statementSha256 = sha256(canonicalJson(wanted))
  const payload = { version: row.version, periodEnd: wanted.periodEnd, statementSha256, ...told }
  const entry = { type: 'statement.recorded', subject: statementId, payload } as const
  const writes = [saveStatement({ ...row, document: JSON.stringify(wanted) })]
  await saveAccount(trx, locked, caller.actor, [entry], { changes, writes })
  return answerOf(before === undefined ? 201 : 200, await shown(trx, { ...row, document: wanted }))
}

/** A statement with what follows from it, against the prior year where one is recorded. */
export async function readStatement(db: Reader, customerId: CustomerId, statementId: StatementId): Promise<Statement> {
  const row = await findStatement(db, customerId, statementId)
  if (row === undefined) {
    await requireAccount(db, customerId)
    throw new Problem('not-found', said(details.noStatement, { statementId }))
  }
  return shown(db, row)
}

/** The statements of a customer without their figures, by id. */
export async function pageOfStatements(
  db: Reader,
  customerId: CustomerId,
  { cursor, limit = PAGE_LIMIT_DEFAULT }: StatementQuery
): Promise<Page<StatementSummary>> {
  await requireAccount(db, customerId)
  const listing = { list: 'statements', customerId }
  const rows = await listStatements(db, customerId, keyOfCursor(cursor, listing, KEY)?.statementId, limit)
  return pageOfRows(rows.map(summaryOf), limit, listing, KEY.of)
}

function summaryOf({ customerId, statementId, document, version, updatedAt }: Row<'statements'>): StatementSummary {
  const { periodEnd, months, currency, consolidated, audited } = document as NewStatement
  return { customerId, statementId, periodEnd, months, currency, consolidated, audited, version, updatedAt }
}

async function shown(db: Reader, row: Row<'statements'>): Promise<Statement> {
  const statement = row.document as NewStatement
  const others = (await statementsOf(db, row.customerId)).filter(({ statementId }) => statementId !== row.statementId)
  const prior = priorOf(
    statement,
    others.map(({ statementId, document }) => ({ statementId, statement: document as NewStatement }))
  )
  const note = annualisationNote(statement)
  return {
    customerId: row.customerId,
    statementId: row.statementId,
    ...statement,
    annualised: note !== null,
    annualisationNote: note,
    ratios: ratios(statement, prior?.statement).map(named),
    derivedItems: derivedItems(statement),
    priorStatementId: prior?.statementId ?? null,
    comparison: prior === undefined ? null : comparisonOf(statement, prior),
    referenceModels: referenceModels(statement, prior === undefined ? {} : { prior: prior.statement }),
    version: row.version,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt
  }
}

function named(ratio: ReturnType<typeof ratios>[number]): RatioValue {
  const { name, group, formula, unit, higherIsBetter, source } = RATIOS[ratio.id]
  return { ...ratio, name, group, formula, unit, higherIsBetter, source }
}

function comparisonOf(
  statement: NewStatement,
  prior: { statementId: StatementId; statement: NewStatement }
): NonNullable<Statement['comparison']> {
  const { periodEnd, months } = prior.statement
  const items = comparedItems(statement, prior.statement)
  return { priorStatementId: prior.statementId, priorPeriodEnd: periodEnd, priorMonths: months, items }
}

function answerOf(status: 200 | 201, value: Statement): Answer {
  const location = `/v1/customers/${value.customerId}/statements/${value.statementId}`
  return { status, value, etag: etagOf(value.version), ...(status === 201 ? { location } : {}) }
}
