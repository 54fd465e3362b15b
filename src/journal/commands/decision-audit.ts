import type { Moves } from '../../database.ts'
import {
  type CheckFacts,
  type CheckVerdict,
  coverInForceMinor,
  creditMinor,
  creditWithinHorizonMinor,
  type Editions,
  grantedMinor,
  isReleased,
  minorOf,
  type Policy,
  rulesOf,
  totalExposureMinor
} from '../../engine/index.ts'
import { sameJson } from '../../platform/values/canonical.ts'
import type { Payload, Standing, StoredDecision } from './audited-payload.ts'
import type { Findings } from './findings.ts'
import type { ReleasesAudit } from './releases-audit.ts'

/** The versions of policies that are on file; undefined of one that is not. */
export type PoliciesOnFile = (id: string, version: number) => Policy | undefined

/** What something was decided by, and is decided by again. */
export interface DecidedBy {
  readonly policies: PoliciesOnFile
  readonly editions: Editions
}

/** What the chain says up to a decision. */
export interface Before {
  readonly amounts: Required<Moves>
  readonly standing: Standing
  readonly releases: Pick<ReleasesAudit, 'isGiven'>
}

/** A decision as its entry holds it. */
interface AuditedDecision {
  readonly decision: StoredDecision
  readonly facts: CheckFacts
  readonly edition?: number | undefined
}

/**
 * Audits a decision: it rests on what the chain says, follows from its facts, and keeps to the
 * limit or to a release. Returns the decision made anew; undefined when it cannot be, because its
 * policy is not on file or its edition is unknown to this version.
 */
export function auditDecision(
  findings: Findings,
  { policies, editions }: DecidedBy,
  { amounts, standing, releases }: Before,
  { decision, facts, edition }: AuditedDecision,
  where: () => string
): CheckVerdict | undefined {
  const { account, release } = facts
  const names = Object.keys(amounts) as (keyof Moves)[]
  const without = withoutRecorded(amounts, facts)
  const seen = names.every((name) => account[name] === without[name])
  findings.expect('I2', seen, () => `${where()}: decided on other amounts than the chain holds`)
  findings.expect('I2', stands(standing, account), () => `${where()}: decided on another limit, rating or hold`)
  const policy = policies(decision.policy.id, decision.policy.version)
  findings.expect('I15', policy !== undefined, () => `${where()}: its policy is not on file`)
  const rules = rulesOf(edition, editions)
  if (rules === undefined)
    findings.expect('I15', false, () => `${where()}: edition ${edition} of its rules is not known`)
  if (policy === undefined || rules === undefined) return undefined
  const verdict = rules.checkOrder(policy, facts)
  const follows = verdict.outcome === decision.outcome && sameJson(verdict.reasons, decision.reasons)
  findings.expect('I15', follows, where)
  if (decision.outcome !== 'approved') return verdict
  const exceeds = roomLeftMinor(policy, facts, { amounts: without, standing }) < 0
  findings.expect('I1', !exceeds || release !== null, where)
  const given = isReleased(facts) && releases.isGiven(facts, decision.checkId)
  findings.expect('I17', !exceeds || given, () => `${where()}: beyond the limit without a release that was given`)
  return verdict
}

/** The amounts on which an order is decided: without what items count for the order itself. */
function withoutRecorded(amounts: Required<Moves>, { order: { recordedMinor = 0 } }: CheckFacts): Required<Moves> {
  return { ...amounts, ordersMinor: amounts.ordersMinor - recordedMinor }
}

/** Whether an account holds what the chain says, besides its amounts. */
export function stands(standing: Standing, account: Standing): boolean {
  return (Object.keys(standing) as (keyof Standing)[]).every((name) => account[name] === standing[name])
}

/**
 * What an approval leaves of the limit, in minor units, from the amounts of the chain. Below zero
 * the approval went beyond the limit.
 */
function roomLeftMinor(
  { check }: Policy,
  facts: CheckFacts,
  { amounts, standing }: Pick<Before, 'amounts' | 'standing'>
): number {
  const granted = grantedMinor(standing, facts.today)
  const credit = creditMinor(facts.order)
  if (granted === null || credit === 0) return 0
  const exposure = totalExposureMinor(amounts) - coverInForceMinor(facts)
  if (check.headroomBasis === 'static') return granted - exposure - credit
  const beyond = Math.min(facts.situation.beyondHorizonMinor, amounts.reservedMinor + amounts.ordersMinor)
  return granted - exposure + beyond - creditWithinHorizonMinor(check, facts)
}

/** What stands after an entry. */
export function standingAfter(
  standing: Standing,
  type: string,
  { decision, reason, result, ratingValidUntil, fileChange }: Payload
): Standing {
  if (fileChange !== undefined) return { ...standing, fileChange }
  if (type === 'hold.set') return { ...standing, holdReason: reason ?? null }
  if (type === 'hold.lifted') return { ...standing, holdReason: null }
  if (type === 'assessment.made')
    return {
      ...standing,
      grade: result?.grade ?? null,
      ratingValidUntil: ratingValidUntil ?? null,
      fileChange: undefined
    }
  const granted = decision?.decision
  if (type !== 'limit.applied' || granted === undefined) return standing
  return {
    ...standing,
    limitMode: granted.mode,
    limitMinor: granted.mode === 'limited' ? minorOf(granted.amount) : 0,
    limitValidUntil: granted.validUntil,
    limitDecisionId: decision?.limitDecisionId ?? null,
    termsDays: granted.termsDays
  }
}
