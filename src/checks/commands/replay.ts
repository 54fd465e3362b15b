import type { Deps } from '../../deps.ts'
import { type CheckFacts, EDITIONS, type Policy, rulesOf } from '../../engine/index.ts'
import type { CheckId } from '../../ids.ts'
import { entryAbout } from '../../journal/store.ts'
import { differences } from '../../platform/values/canonical.ts'
import { Problem } from '../../platform/values/problem.ts'
import { said } from '../../platform/values/said.ts'
import { findPolicy } from '../../policies/store.ts'
import type { Decision } from '../postings/decision.ts'
import type { Replay } from '../schema.ts'
import { checkNotFound, customerOfCheck, findCheck } from '../store.ts'
import texts from '../texts.json' with { type: 'json' }

const { details } = texts

/**
 * Decides a check again on the facts of its journal entry, with the policy and the edition of the
 * rules that decided it, and compares the two byte for byte. Throws `policy-not-loaded` when that
 * policy is not on file or this version does not know the edition.
 */
export async function replay({ db }: Pick<Deps, 'db'>, checkId: CheckId, editions = EDITIONS): Promise<Replay> {
  const customerId = await customerOfCheck(db, checkId)
  const found = customerId === undefined ? undefined : await findCheck(db, customerId, checkId)
  if (customerId === undefined || found === undefined) throw checkNotFound(checkId)
  const stored = JSON.parse(found.check.document) as Decision
  const onFile = await findPolicy(db, stored.policy.id, stored.policy.version)
  if (onFile === undefined) {
    const { id: policyId, version } = stored.policy
    throw new Problem('policy-not-loaded', said(details.noPolicy, { policyId, version }))
  }
  const policy = JSON.parse(onFile.document) as Policy
  const about = { type: 'check.decided', subject: checkId, at: found.check.decidedAt } as const
  const entry = await entryAbout(db, customerId, about)
  const { facts, edition } = JSON.parse(entry.payload) as { facts: CheckFacts; edition?: number }
  const rules = rulesOf(edition, editions)
  if (rules === undefined) {
    throw new Problem('policy-not-loaded', said(details.noEdition, { edition: String(edition) }))
  }
  const again = rules.decisionOf(stored, policy, facts)
  return {
    checkId,
    same: JSON.stringify(again) === found.check.document,
    differences: differences(stored, again),
    outcome: again.outcome,
    policy: stored.policy,
    journal: { seq: entry.seq, hash: entry.hash }
  }
}
