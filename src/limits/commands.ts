import { fourEyes, type OnePerson } from '../access/postings.ts'
import { coverFact } from '../accounts/store/exposure.ts'
import type { WithFacts } from '../accounts/store/facts.ts'
import {
  type AccountChanges,
  type LockedAccount,
  lockWithFacts,
  readWithFacts,
  requireAccount,
  saveAccount
} from '../accounts/store.ts'
import { changeAsked, changesDecided } from '../change-requests/postings.ts'
import { creditFileOf } from '../credit-file/postings.ts'
import { creditFileFact, type FileRead } from '../credit-file/store.ts'
import type { NewEntry, Reader, Row, Writer } from '../database.ts'
import type { Deps } from '../deps.ts'
import {
  ACTOR_NAMES,
  type Audience,
  addMonths,
  availableMinor,
  type CustomerKind,
  EDITION,
  type Grade,
  isLimitValid,
  LIMIT_MODE_NAMES,
  LIMIT_STATE_NAMES,
  type LimitProposal,
  limitDocument,
  limitFacts,
  minorOf,
  proposeLimit,
  type Reader as ReasonReader,
  type RecordedLimit,
  statedAmount,
  statedMoney,
  toMoney
} from '../engine/index.ts'
import type { CustomerId, LimitDecisionId } from '../ids.ts'
import type { Caller } from '../platform/http/auth.ts'
import type { Answer } from '../platform/http/command.ts'
import { demandMatch, etagOf } from '../platform/http/etag.ts'
import { KeyField, keyOfCursor, listKey, PAGE_LIMIT_DEFAULT, type Page, pageOfRows } from '../platform/http/page.ts'
import { type ActorText, systemActor } from '../platform/values/actors.ts'
import { newId } from '../platform/values/ids.ts'
import { Problem } from '../platform/values/problem.ts'
import { type Said, said } from '../platform/values/said.ts'
import { audienceOf, namedFor, shownTo, toldLimit } from '../wording/postings.ts'
import type { Limit, LimitDecision, LimitDecisionQuery, NewApproval, NewLimitDecision } from './schema.ts'
import {
  closeLimitDecision,
  findLimitDecision,
  insertLimitDecision,
  limitDecidedByFact,
  listLimitDecisions
} from './store.ts'
import texts from './texts.json' with { type: 'json' }

const { details, parts } = texts

/** What the list is in the order of. */
const KEY = listKey({ limitDecisionId: KeyField.madeId('lim') })

/** A decision as it is stored: its sentences are made when it is read. */
type RecordedLimitDecision = Omit<LimitDecision, 'proposal'> & { readonly proposal: RecordedLimit }

/** Who decides what is within the authority of the policy. */
const POLICY = systemActor('policy')

/** The longest validity of a limit whose rating states none, in months. */
const VALIDITY_MONTHS_MAX = 12

/**
 * Computes a limit and payment terms from the policy. Within the authority of the policy the limit
 * takes effect at once, unless it must be referred. Otherwise it is a proposal until another key
 * approves or rejects it.
 */
export async function decideLimit(
  deps: Deps,
  trx: Writer,
  caller: Caller,
  customerId: CustomerId,
  wanted: NewLimitDecision,
  reader?: ReasonReader
): Promise<Answer> {
  const facts = { file: creditFileFact(deps.clock), limitDecidedBy: limitDecidedByFact() }
  const locked = await lockWithFacts(trx, deps.clock, customerId, facts, wanted.requested?.currency)
  const { account, now } = locked
  const { currency } = account
  const { proposal, kind } = proposalOf(deps, locked, wanted.requested)
  const proposed: RecordedLimitDecision = {
    limitDecisionId: newId('lim'),
    customerId,
    state: 'proposed',
    requested: wanted.requested ?? null,
    comment: wanted.comment ?? null,
    proposal: limitDocument(proposal),
    previousLimit: {
      mode: account.limitMode,
      amount: toMoney(account.limitMinor, currency),
      termsDays: account.termsDays
    },
    proposedBy: caller.actor,
    proposedAt: now,
    decision: null,
    version: 1
  }
  const terms = { mode: proposal.mode, amountMinor: proposal.amountMinor, termsDays: proposal.termsDays }
  const overPerson = locked.facts.limitDecidedBy !== POLICY && raisesLimit(account, terms)
  const automatic = proposal.automatic && wanted.refer !== true && !overPerson
  const decision = automatic ? decided(proposed, { by: POLICY, comment: null }, locked, terms) : proposed
  const { limitDecisionId } = decision
  const row = {
    customerId,
    limitDecisionId,
    state: decision.state,
    document: JSON.stringify(decision),
    proposedBy: caller.actor,
    proposedAt: now,
    decidedBy: automatic ? POLICY : null,
    decidedAt: automatic ? now : null,
    version: 1
  }
  const entry: NewEntry = {
    type: automatic ? 'limit.applied' : 'limit.proposed',
    subject: decision.limitDecisionId,
    payload: { decision, edition: EDITION, facts: proposal.facts }
  }
  await saveAccount(trx, locked, caller.actor, [entry], {
    changes: automatic ? changesOf(decision, terms) : {},
    writes: [
      insertLimitDecision(row),
      ...(automatic
        ? []
        : [
            changeAsked({
              kind: 'limit',
              subject: limitDecisionId,
              customerId,
              payload: { customerId, limitDecisionId },
              madeBy: caller.actor,
              madeAt: now
            })
          ])
    ]
  })
  return answerOf(201, decision, audienceOf(reader, kind))
}

/**
 * Approves or rejects a proposal, in the version that the approver has seen. Whoever proposed it
 * does not decide. A proposal whose grounds have changed since, by a new rating or another
 * limit, must be made anew.
 */
export async function approveLimit(
  deps: Deps,
  trx: Writer,
  caller: Caller,
  { customerId, limitDecisionId }: { customerId: CustomerId; limitDecisionId: LimitDecisionId },
  ifMatch: string | undefined,
  wanted: NewApproval,
  reader?: ReasonReader
): Promise<Answer> {
  const facts = { file: creditFileFact(deps.clock) }
  const locked = await lockWithFacts(trx, deps.clock, customerId, facts, wanted.amount?.currency)
  const { account, now } = locked
  const row = await findLimitDecision(trx, customerId, limitDecisionId)
  if (row === undefined) throw decisionNotFound(limitDecisionId)
  demandMatch(ifMatch, row.version)
  if (row.state !== 'proposed')
    throw new Problem(
      'limit-decision-closed',
      said(details.closed, { limitDecisionId, state: texts.states[row.state], decidedAt: row.decidedAt ?? '' })
    )
  const eyes = { proposers: [row.proposedBy], approver: caller, isOnePerson: deps.onePerson }
  const alone = await fourEyes(trx, eyes, said(parts.proposal, { limitDecisionId }))
  const proposed = { ...(row.document as RecordedLimitDecision), version: row.version + 1 }
  const { proposal: present, kind } = proposalOf(deps, locked, proposed.requested ?? undefined)
  const terms = wanted.verdict === 'approve' ? grantedTerms(proposed, present, locked, wanted) : null
  const decision = decided(proposed, { by: caller.actor, comment: wanted.comment, ...alone }, locked, terms)
  const closed = {
    state: decision.state,
    document: JSON.stringify(decision),
    decidedBy: caller.actor,
    decidedAt: now,
    version: decision.version
  }
  const entry: NewEntry = {
    type: terms === null ? 'limit.rejected' : 'limit.applied',
    subject: limitDecisionId,
    payload: { decision }
  }
  await saveAccount(trx, locked, caller.actor, [entry], {
    changes: terms === null ? {} : changesOf(decision, terms),
    writes: [
      closeLimitDecision(row, closed),
      changesDecided('limit', limitDecisionId, {
        ...{ verdict: wanted.verdict, by: caller.actor, at: now, comment: wanted.comment },
        ...alone
      })
    ]
  })
  const answer = answerOf(200, decision, audienceOf(reader, kind))
  return { ...answer, location: `/v1/customers/${account.customerId}/limit` }
}

/** The limit in force, with what is still available of it. */
export async function readLimit({ clock }: Pick<Deps, 'clock'>, db: Reader, customerId: CustomerId): Promise<Limit> {
  const { account, today, facts } = await readWithFacts(db, clock, customerId, { cover: coverFact(clock) })
  const available = availableMinor(account, account, today, facts.cover.coverMinor)
  return {
    customerId,
    mode: account.limitMode,
    amount: toMoney(account.limitMinor, account.currency),
    termsDays: account.termsDays,
    validUntil: account.limitValidUntil,
    inForce: account.limitDecisionId !== null && isLimitValid(account, today),
    limitDecisionId: account.limitDecisionId,
    available: available === null ? null : toMoney(available, account.currency)
  }
}

/** Limit decisions of a customer, newest first. */
export async function pageOfDecisions(
  db: Reader,
  customerId: CustomerId,
  { state, reader, cursor, limit = PAGE_LIMIT_DEFAULT }: LimitDecisionQuery
): Promise<Page<LimitDecision>> {
  await requireAccount(db, customerId)
  const listing = { list: 'limit-decisions', customerId, state }
  const rows = await listLimitDecisions(
    db,
    customerId,
    state,
    keyOfCursor(cursor, listing, KEY)?.limitDecisionId,
    limit
  )
  const decisions = rows.map((row) => told(row.document as RecordedLimitDecision, audienceOf(reader, row.kind)))
  return pageOfRows(decisions, limit, listing, KEY.of)
}

/** A stored decision as it is answered, in the words of today. */
function told(decision: RecordedLimitDecision, audience?: Audience): LimitDecision {
  const { proposal, previousLimit, decision: made } = decision
  const answer = {
    ...namedFor(decision, { state: LIMIT_STATE_NAMES }, audience),
    proposal: toldLimit(proposal, audience),
    previousLimit: namedFor(previousLimit, { mode: LIMIT_MODE_NAMES }, audience),
    decision: made && namedFor(made, { mode: LIMIT_MODE_NAMES, by: ACTOR_NAMES }, audience)
  }
  return shownTo(answer, audience?.reader)
}

/** One limit decision of a customer, with its version. Throws `not-found`. */
export async function readLimitDecision(
  db: Reader,
  customerId: CustomerId,
  limitDecisionId: LimitDecisionId,
  reader?: ReasonReader
): Promise<LimitDecision> {
  const row = await findLimitDecision(db, customerId, limitDecisionId)
  if (row === undefined) throw decisionNotFound(limitDecisionId)
  return told(row.document as RecordedLimitDecision, audienceOf(reader, row.kind))
}

function decisionNotFound(limitDecisionId: LimitDecisionId): Problem {
  return new Problem('not-found', said(details.noDecision, { limitDecisionId }))
}

/** The limit that a decision grants. */
interface Terms {
  readonly mode: Row<'creditAccounts'>['limitMode']
  readonly amountMinor: number
  readonly termsDays: number
}

/** What the policy proposes on the facts as they are now. */
function proposalOf(
  { policy }: Deps,
  { facts, ...locked }: WithFacts<{ file: FileRead }>,
  requested: { amount: string; currency: string } | undefined
): { readonly proposal: LimitProposal; readonly kind: CustomerKind } {
  const { account, today } = locked
  const { ratingValidUntil } = account
  const file = creditFileOf(facts.file, locked)
  const grade = ratingValidUntil !== null && ratingValidUntil >= today ? account.grade : null
  const asked = requested === undefined ? {} : { requestedMinor: minorOf(requested) }
  const read = limitFacts(file, { asOf: today, grade, advice: account.ratingAdvice, ...asked })
  return { proposal: proposeLimit(policy, read), kind: file.profile.kind }
}

/** Whether a limit that was decided would be raised. */
function raisesLimit({ limitDecisionId, limitMinor }: Row<'creditAccounts'>, { mode, amountMinor }: Terms): boolean {
  return limitDecisionId !== null && mode === 'limited' && amountMinor > limitMinor
}

/**
 * What an approver grants, at most the maximum of the policy. The grounds must be those of the
 * proposal: the same figures today, and no other limit in between.
 */
function grantedTerms(
  { proposal, previousLimit }: RecordedLimitDecision,
  present: LimitProposal,
  { account }: LockedAccount,
  { amount, termsDays }: NewApproval
): Terms {
  if (present.grade !== proposal.grade) {
    const before = spokenGrade(proposal.grade)
    throw new Problem('stale-approval', said(details.ratingChanged, { before, now: spokenGrade(present.grade) }))
  }
  const presentMoney = toMoney(present.amountMinor, account.currency)
  if (
    present.mode !== proposal.mode ||
    presentMoney.amount !== proposal.amount.amount ||
    present.termsDays !== proposal.termsDays
  ) {
    const [before, now] = [statedAmount(proposal.amount), statedAmount(presentMoney)]
    throw new Problem('stale-approval', said(details.amountChanged, { before, now }))
  }
  if (
    account.limitMode !== previousLimit.mode ||
    account.termsDays !== previousLimit.termsDays ||
    toMoney(account.limitMinor, account.currency).amount !== previousLimit.amount.amount
  ) {
    throw new Problem('stale-approval', details.otherLimit)
  }
  const amountMinor = minorOf(amount ?? proposal.amount)
  const maximumMinor = present.components.find(({ id }) => id === 'policy_maximum')?.amountMinor ?? null
  if (maximumMinor !== null && amountMinor > maximumMinor) {
    const most = statedMoney(toMoney(maximumMinor, account.currency))
    throw new Problem('authority-exceeded', said(details.aboveMaximum, { most }))
  }
  return { mode: amountMinor > 0 ? 'limited' : proposal.mode, amountMinor, termsDays: termsDays ?? proposal.termsDays }
}

function spokenGrade(grade: Grade | null): Said {
  return grade === null ? texts.states.absent : { en: grade, zh: ` ${grade}` }
}

function decided(
  proposed: RecordedLimitDecision,
  { by, comment, ...alone }: { readonly by: ActorText; readonly comment: string | null } & OnePerson,
  { account, now: at, today }: LockedAccount,
  terms: Terms | null
): RecordedLimitDecision {
  if (terms === null)
    return {
      ...proposed,
      state: 'rejected',
      decision: { by, at, comment, mode: null, amount: null, termsDays: null, validUntil: null, ...alone }
    }
  const { mode, amountMinor, termsDays } = terms
  const validUntil =
    account.ratingValidUntil !== null && account.ratingValidUntil >= today
      ? account.ratingValidUntil
      : addMonths(today, VALIDITY_MONTHS_MAX)
  return {
    ...proposed,
    state: 'applied',
    decision: { by, at, comment, mode, amount: toMoney(amountMinor, account.currency), termsDays, validUntil, ...alone }
  }
}

function changesOf(
  { limitDecisionId, decision }: RecordedLimitDecision,
  { mode, amountMinor, termsDays }: Terms
): AccountChanges {
  return {
    limitMode: mode,
    limitMinor: mode === 'limited' ? amountMinor : 0,
    limitValidUntil: decision?.validUntil ?? null,
    limitDecisionId,
    termsDays
  }
}

function answerOf(status: 200 | 201, value: RecordedLimitDecision, audience?: Audience): Answer {
  return {
    status,
    value: told(value, audience),
    etag: etagOf(value.version, audience?.reader),
    location: `/v1/customers/${value.customerId}/limit-decisions/${value.limitDecisionId}`
  }
}
