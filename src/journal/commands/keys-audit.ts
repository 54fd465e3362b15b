import type { Reader } from '../../database.ts'
import type { CheckId, CustomerId } from '../../ids.ts'
import { includesJson } from '../../platform/values/canonical.ts'
import { idOf } from '../../platform/values/ids.ts'
import { shownTo } from '../../wording/postings.ts'
import { type AuditedKey, auditedChecks, auditedKeys, type OwnKey } from '../store/audit.ts'
import type { Findings } from './findings.ts'

const KEYS_PAGE = 500

/**
 * A check that two keys answer with is found when not more than this many keys stand between them.
 */
const REMEMBERED_MAX = 1_000_000

/** A key, as a place among all. */
export type KeyPlace = Pick<AuditedKey, 'callerId' | 'idempotencyKey'>

/** Before all keys. */
export const FIRST_KEY: KeyPlace = { callerId: '', idempotencyKey: '' }

/**
 * Goes through the Idempotency-Keys: each has its answer, and those of credit checks answer with
 * the decision on file, each with its own.
 */
export class KeysAudit {
  readonly #findings: Findings
  readonly #answered = new Set<CheckId>()

  constructor(findings: Findings) {
    this.#findings = findings
  }

  /** Audits the keys after one; answers the last of them, undefined when no more come. */
  async page(db: Reader, after: KeyPlace): Promise<KeyPlace | undefined> {
    const keys = await auditedKeys(db, after, KEYS_PAGE)
    await auditPage(db, this.#findings, keys, this.#answered)
    if (this.#answered.size > REMEMBERED_MAX) this.#answered.clear()
    const last = keys.at(-1)
    if (last === undefined || keys.length < KEYS_PAGE) return undefined
    return { callerId: last.callerId, idempotencyKey: last.idempotencyKey }
  }
}

async function auditPage(
  db: Reader,
  findings: Findings,
  keys: readonly AuditedKey[],
  answered: Set<CheckId>
): Promise<void> {
  const checks: (OwnKey & { request: string; answer: Readonly<Record<string, unknown>>; where: string })[] = []
  const once = (checkId: CheckId, where: string) => {
    findings.expect('I6', !answered.has(checkId), () => `${where}: another key has the check ${checkId} as well`)
    answered.add(checkId)
  }
  for (const key of keys) {
    const where = `key ${key.idempotencyKey} of ${key.callerId}`
    // Without its check on file the answer has lost its beginning.
    const isWhole = key.checkId === null || key.customerId !== null
    findings.expect('I6', key.status !== null && key.body !== null && isWhole, () => `${where}: without an answer`)
    const answer = answerIsWhole(key) ? checkAnswered(key) : undefined
    if (key.checkId !== null && answer === undefined) {
      once(key.checkId, where)
      findings.expect('I6', continuesCheck(key), () => `${where}: not the decision ${key.checkId} on file`)
      continue
    }
    if (answer === undefined) continue
    const customerId = key.customerId ?? idOf<CustomerId>(String(answer.customerId))
    const checkId = key.checkId ?? idOf<CheckId>(String(answer.checkId))
    checks.push({ customerId, id: checkId, request: key.request, answer, where })
    once(checkId, where)
  }
  const found = new Map((await auditedChecks(db, checks)).map((row) => [row.id, row]))
  for (const { id, where, ...check } of checks)
    findings.expect('I6', isAbout(check, found.get(id)?.document), () => `${where}: not the decision ${id} on file`)
}

/** What follows the document of a check in an answer: the decision itself is nowhere else. */
const BESIDE_THE_DECISION: ReadonlySet<string> = new Set(['textsVersion', 'reservation', 'block'])

/** An answer that does not begin with the document of its check is kept as it was sent. */
function answerIsWhole({ checkId, body }: AuditedKey): boolean {
  return checkId === null || body?.startsWith('{') === true
}

/**
 * Whether the answer of a key that names its check is about the order that was asked for. It begins
 * with the very document on file, so it says what that does as long as nothing that follows says a
 * part of it anew.
 */
function continuesCheck({ request, status, body, customerId, orderId }: AuditedKey): boolean {
  if (status !== 201 || body?.startsWith(',') !== true || customerId === null) return false
  try {
    const beside = JSON.parse(`{${body.slice(1)}`) as object
    const { body: asked } = JSON.parse(request) as { body: Readonly<Record<string, unknown>> }
    return (
      asked.customerId === customerId &&
      asked.orderId === orderId &&
      Object.keys(beside).every((name) => BESIDE_THE_DECISION.has(name))
    )
  } catch {
    return false
  }
}

/** The answer of a credit check that was made; undefined of anything else. */
function checkAnswered({ request, status, body, checkId }: AuditedKey): Readonly<Record<string, unknown>> | undefined {
  const isCheck = checkId !== null || request.endsWith('"method":"POST","url":"/v1/credit-checks"}')
  if (status !== 201 || body === null || !isCheck) return undefined
  try {
    const answer: unknown = JSON.parse(body)
    return typeof answer === 'object' && answer !== null ? { ...answer } : {}
  } catch {
    return {}
  }
}

/**
 * Whether an answer is about the order that was asked for, and says all that the decision does, or
 * to the customer all that the customer is told of it. Its sentences, and what has become of its
 * reservation, stand beside that.
 */
function isAbout(
  { request, answer }: { request: string; answer: Readonly<Record<string, unknown>> },
  document: string | undefined
): boolean {
  if (document === undefined) return false
  try {
    const decision = JSON.parse(document) as Readonly<Record<string, unknown>>
    const { body: asked, url } = JSON.parse(request) as { body: Readonly<Record<string, unknown>>; url: string }
    if (asked.customerId !== answer.customerId || asked.orderId !== answer.orderId) return false
    if (answer.checkId !== decision.checkId) return false
    const isToCustomer = /[?&]reader=customer(&|$)/.test(url)
    return includesJson(answer, decision) || (isToCustomer && includesJson(answer, shownTo(decision, 'customer')))
  } catch {
    return false
  }
}
