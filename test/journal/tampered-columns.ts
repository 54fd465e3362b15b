/** What the auditor says of one value that was changed in a column, whichever row it stands in. */
interface Declared {
  /** Every change is found. */
  readonly found: string
  /** Found in some rows, and why not in the others. */
  readonly inPart?: readonly (readonly [columns: string, why: string])[]
  /** No change is found, and why. */
  readonly missed?: readonly (readonly [columns: string, why: string])[]
  /** No other value may stand there beside the rest of the row: a constraint refuses it. */
  readonly refused?: string
}

const ENTRY = 'not yet: an entry of the journal says it, and the two are not compared'
const DERIVED = 'not yet: it follows from other rows, and is not worked out anew'
const COUNTER = 'it tells how often the row was written; no figure rests on it'
const UNTOLD = 'no entry of a journal says it'
const KEY = 'no entry of a journal tells of keys; which answer a key has is audited'

/** The tables that the auditor reads, column by column. */
export const AUDITED: Readonly<Record<string, Declared>> = {
  allocations: {
    found: 'amount_minor customer_id invoice_id',
    inPart: [['kind settled_on', 'found where it moves a sum that is kept by day']],
    missed: [['asked_settled_minor asked_used_minor credit_id settled_minor used_minor', ENTRY]]
  },
  api_keys: {
    found: 'key_id made_by person_id scopes',
    missed: [
      ['confirmed_at confirmed_by seat_id', ENTRY],
      ['created_at expires_at last_used_at name revoked_at secret_hash', UNTOLD]
    ]
  },
  blocked_orders: {
    found: '',
    inPart: [['customer_id', 'found of an order that still waits: those are counted']],
    missed: [
      [
        'amount_minor asked_by check_id closed_at closed_by comment first_check_id next_check_id opened_at order_id',
        ENTRY
      ],
      ['reason_code release_id state', ENTRY],
      ['automatic request', UNTOLD],
      ['valid_until', DERIVED],
      ['version', COUNTER]
    ]
  },
  captures: {
    found: 'amount_minor capture_id check_id customer_id invoice_id passed_minor released_minor',
    inPart: [
      ['invoiced_at', 'found where it is null or becomes so: then the capture counts, or counts no longer'],
      ['excess_minor', 'found where the capture waits for nothing: then it says what counts']
    ],
    missed: [['captured_at original_currency original_minor rate rate_basis rate_on', ENTRY]],
    refused: 'item_id item_source'
  },
  credit_accounts: {
    found: `blocked_orders captured_minor currency customer_id deliveries_minor grade journal_hash journal_seq
      limit_decision_id limit_minor limit_valid_until orders_minor rating_valid_until receivables_minor reserved_minor
      special_minor terms_days`,
    missed: [
      ['hold_by hold_setters rated_at rating_advice rating_assessment_id reconciled_at updated_at', ENTRY],
      ['reevaluation_due_at reevaluation_place reservations_due_at situation situation_on', DERIVED],
      ['version', COUNTER]
    ],
    refused: 'file_change file_changed_at hold_reason hold_since limit_mode'
  },
  credit_checks: {
    found: 'check_id customer_id document outcome',
    inPart: [['order_id', 'found where an Idempotency-Key answers with the check']],
    missed: [['amount_minor decided_at', ENTRY]]
  },
  credits: {
    found: 'unapplied_minor',
    inPart: [['customer_id', 'found where something of it is not applied']],
    missed: [
      ['amount_minor credit_id dated_on kind original_currency original_minor rate rate_basis rate_on', ENTRY],
      ['recorded_at', ENTRY],
      ['unapplied_original_minor', DERIVED],
      ['request', UNTOLD]
    ]
  },
  customers: {
    found: 'customer_id',
    missed: [['country created_at industry kind name parent_customer_id profile updated_at version', ENTRY]]
  },
  exposure_conversions: {
    found: 'original_minor to_id to_kind to_source',
    missed: [
      ['amount_minor customer_id from_id from_kind from_source', ENTRY],
      ['converted_at', ENTRY],
      ['bounded', 'it tells which rows are from before there was a bound']
    ]
  },
  exposure_items: {
    found: 'category held_by statistical',
    inPart: [
      ['customer_id open_minor', 'found where the item counts by itself, or is held by a reservation of another'],
      ['item_id source', 'found where the item took another over']
    ],
    missed: [
      ['amount_minor disputed due_on held_until open_original_minor original_currency original_minor', ENTRY],
      ['rate rate_basis rate_on recorded_at ship_on source_version updated_at', ENTRY],
      ['version', COUNTER]
    ],
    refused: 'state'
  },
  idempotency_keys: {
    found: 'check_id',
    inPart: [['body request status', 'found where the key answers with a decision']],
    missed: [['caller_id created_at headers idempotency_key', KEY]]
  },
  invoices: {
    found: 'amount_minor customer_id disputed due_on issued_on open_minor',
    inPart: [['invoice_id', 'found where something settles it']],
    missed: [
      ['dunning_level eased_due_on order_id original_currency original_minor', ENTRY],
      ['rate rate_basis rate_on', ENTRY],
      ['open_original_minor recorded_at source_version updated_at', ENTRY],
      ['version', COUNTER]
    ]
  },
  journal: {
    found: 'actor at customer_id hash payload previous_hash seq subject type',
    inPart: [['feed_position', 'found where it brings the events of a customer out of order']]
  },
  late_payments: { found: 'customer_id days_late payments settled_on' },
  ledger_days: {
    found: `balance_minor closed closed_in_parts closed_late closed_minor closed_paid credited_minor customer_id day
      disputed_minor invoiced_minor invoices open_disputed_minor open_minor paid_minor paid_minor_days received_minor
      received_minor_days undisputed undisputed_minor unsettled_minor`
  },
  policies: { found: 'document policy_id sha256 version', missed: [['created_at', UNTOLD]] },
  reservations: {
    found: 'amount_minor captured_minor check_id customer_id expired_minor expires_at released_minor',
    missed: [
      ['at_risk_since created_at order_id resolved_at ship_on', ENTRY],
      ['state', 'an open one cannot end by itself; in which way it ended is not yet compared with its entry'],
      ['version', COUNTER]
    ]
  },
  organisation_chain: {
    found: 'journal_hash journal_seq',
    missed: [['settings updated_at', DERIVED]],
    refused: 'only_row'
  },
  organisation_journal: {
    found: 'actor at hash payload previous_hash seq subject type'
  }
}

/** The tables that the auditor does not read, and why. */
export const NOT_AUDITED: Readonly<Record<string, string>> = {
  assessments: ENTRY,
  change_requests: UNTOLD,
  customer_identifiers: ENTRY,
  evidence: ENTRY,
  exchange_rates: UNTOLD,
  ledger_ahead: DERIVED,
  limit_decisions: ENTRY,
  model_events: UNTOLD,
  order_releases: ENTRY,
  reconciliations: ENTRY,
  run_rows: UNTOLD,
  runs: UNTOLD,
  schema_migrations: 'the service compares it with its migrations when it starts',
  schema_migrations_lock: 'it is held while migrations run, and says nothing',
  scoring_models: UNTOLD,
  securities: ENTRY,
  shadow_assessments: 'they decide nothing',
  simulated_clock: 'there is none where business is done',
  statements: ENTRY
}

/** What is declared of a column, with the reason where it is not found. */
export interface Expected {
  readonly verdict: 'found' | 'in part' | 'missed' | 'refused'
  readonly why: string
}

/** What is declared of each column of a table, by its name. */
export function expectedOf({ found, inPart = [], missed = [], refused = '' }: Declared): Map<string, Expected> {
  const named = (columns: string) => columns.split(/\s+/).filter((name) => name !== '')
  const each = (columns: string, verdict: Expected['verdict'], why: string) =>
    named(columns).map((name) => [name, { verdict, why }] as const)
  return new Map([
    ...each(found, 'found', ''),
    ...inPart.flatMap(([columns, why]) => each(columns, 'in part', why)),
    ...missed.flatMap(([columns, why]) => each(columns, 'missed', why)),
    ...each(refused, 'refused', '')
  ])
}
