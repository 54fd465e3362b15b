-- The credit file, the credit account, its ledger of exposure, the decisions and their journal.
--
-- Every customer-owned table begins its primary key with customer_id, so that one customer's rows live together and the schema can be
-- distributed by customer. Amounts are minor units of the account's currency in bigint: numeric would admit NaN, which sorts above every number.

create table simulated_clock (
  -- Holds a row only in a database that was filled under a simulated clock.
  only_row boolean primary key default true check (only_row),
  now      timestamptz not null
);

create table api_keys (
  key_id      text primary key,
  name        text not null,
  secret_hash text not null check (length(secret_hash) = 64),
  scopes      text[] not null check (cardinality(scopes) > 0 and scopes <@ array['admin', 'write', 'check', 'read']),
  created_at  timestamptz not null,
  expires_at  timestamptz,
  revoked_at  timestamptz
);

create table idempotency_keys (
  -- A key belongs to the caller that sent it. The answer stands in the same transaction as the effect that it reports.
  caller_id       text not null,
  idempotency_key text not null check (length(idempotency_key) between 1 and 255),
  request         text not null,
  status          integer,
  headers         text,
  body            text,
  created_at      timestamptz not null,
  primary key (caller_id, idempotency_key)
);

create table customers (
  customer_id        text primary key check (customer_id ~ '^[A-Za-z0-9][A-Za-z0-9._~-]{0,63}$'),
  kind               text not null check (kind in ('company', 'sole_trader', 'individual')),
  name               text not null,
  country            text check (country ~ '^[A-Z]{2}$'),
  industry           text,
  parent_customer_id text check (parent_customer_id <> customer_id),
  profile            jsonb not null,
  version            integer not null check (version >= 1),
  created_at         timestamptz not null,
  updated_at         timestamptz not null
);
create index customers_by_parent on customers (parent_customer_id) where parent_customer_id is not null;

create table customer_identifiers (
  customer_id text not null references customers,
  scheme      text not null check (scheme in ('uscc', 'lei', 'duns', 'vat', 'erp', 'crm')),
  value       text not null,
  primary key (customer_id, scheme, value)
);
create index customer_identifiers_by_value on customer_identifiers (scheme, value);

create table credit_accounts (
  -- Everything that one decision compares stands in this row, so that one row lock decides: limit, exposure, hold, rating.
  customer_id          text primary key references customers,
  currency             text not null check (currency ~ '^[A-Z]{3}$'),
  limit_mode           text not null check (limit_mode in ('none', 'limited', 'unlimited', 'cash_only')),
  limit_minor          bigint not null check (limit_minor >= 0),
  limit_valid_until    date,
  limit_decision_id    text,
  terms_days           integer check (terms_days between 0 and 365),
  -- Open invoices less what was received and not yet applied: negative when the customer has paid ahead.
  receivables_minor    bigint not null,
  -- Captured reservations whose invoice is not recorded yet.
  captured_minor       bigint not null check (captured_minor >= 0),
  reserved_minor       bigint not null check (reserved_minor >= 0),
  hold_reason          text,
  hold_by              text,
  hold_since           timestamptz,
  grade                text check (grade in ('AAA', 'AA', 'A', 'BBB', 'BB', 'B', 'CCC', 'CC', 'C', 'D')),
  rating_assessment_id text,
  rating_valid_until   date,
  rated_at             timestamptz,
  version              bigint not null check (version >= 1),
  -- Head of the customer's journal.
  journal_seq          bigint not null check (journal_seq >= 0),
  journal_hash         text not null check (length(journal_hash) = 64),
  updated_at           timestamptz not null,
  check ((limit_mode = 'limited') or limit_minor = 0),
  check ((hold_reason is null) = (hold_since is null)),
  check ((grade is null) = (rating_valid_until is null))
);
create index credit_accounts_by_rating_time on credit_accounts (rated_at) where rated_at is not null;

create table statements (
  customer_id  text not null references customers,
  statement_id text not null,
  period_end   date not null,
  document     jsonb not null,
  version      integer not null check (version >= 1),
  created_at   timestamptz not null,
  updated_at   timestamptz not null,
  primary key (customer_id, statement_id)
);
create index statements_by_period on statements (customer_id, period_end);

create table invoices (
  customer_id  text not null references customers,
  invoice_id   text not null,
  order_id     text,
  amount_minor bigint not null check (amount_minor > 0),
  open_minor   bigint not null check (open_minor between 0 and amount_minor),
  issued_on    date not null,
  due_on       date not null,
  disputed     boolean not null,
  version      integer not null check (version >= 1),
  recorded_at  timestamptz not null,
  updated_at   timestamptz not null,
  primary key (customer_id, invoice_id),
  check (due_on >= issued_on)
);
-- Only what is open is aged by a credit check; the index stays as small as the open book.
create index invoices_open on invoices (customer_id, due_on) where open_minor > 0;

create table credits (
  -- What reduces receivables: payments received and credit notes issued.
  customer_id     text not null references customers,
  kind            text not null check (kind in ('payment', 'credit_note')),
  credit_id       text not null,
  dated_on        date not null,
  amount_minor    bigint not null check (amount_minor > 0),
  unapplied_minor bigint not null check (unapplied_minor between 0 and amount_minor),
  request         text not null,
  recorded_at     timestamptz not null,
  primary key (customer_id, kind, credit_id)
);
create index credits_unapplied on credits (customer_id) where unapplied_minor > 0;

create table allocations (
  customer_id  text not null,
  kind         text not null,
  credit_id    text not null,
  invoice_id   text not null,
  amount_minor bigint not null check (amount_minor > 0),
  settled_on   date not null,
  primary key (customer_id, kind, credit_id, invoice_id),
  foreign key (customer_id, kind, credit_id) references credits,
  foreign key (customer_id, invoice_id) references invoices
);

create table assessments (
  customer_id   text not null references customers,
  assessment_id text not null,
  as_of         date not null,
  made_at       timestamptz not null,
  model_id      text not null,
  model_version integer not null,
  status        text not null check (status in ('rated', 'unrated')),
  grade         text,
  document      jsonb not null,
  primary key (customer_id, assessment_id)
);

create table limit_decisions (
  customer_id       text not null references customers,
  limit_decision_id text not null,
  state             text not null check (state in ('proposed', 'applied', 'rejected')),
  document          jsonb not null,
  proposed_by       text not null,
  proposed_at       timestamptz not null,
  decided_by        text,
  decided_at        timestamptz,
  version           integer not null check (version >= 1),
  primary key (customer_id, limit_decision_id)
);

create table credit_checks (
  customer_id   text not null references customers,
  check_id      text not null,
  order_id      text not null,
  outcome       text not null check (outcome in ('approved', 'referred', 'declined')),
  amount_minor  bigint not null check (amount_minor > 0),
  decided_at    timestamptz not null,
  -- The decision exactly as it was answered.
  document      text not null,
  primary key (customer_id, check_id)
);
create index credit_checks_by_id on credit_checks (check_id);
create index credit_checks_by_order on credit_checks (customer_id, order_id);

create table reservations (
  customer_id    text not null,
  check_id       text not null,
  order_id       text not null,
  state          text not null check (state in ('active', 'captured', 'partially_captured', 'released', 'expired')),
  amount_minor   bigint not null check (amount_minor > 0),
  captured_minor bigint not null check (captured_minor >= 0),
  released_minor bigint not null check (released_minor >= 0),
  expired_minor  bigint not null check (expired_minor >= 0),
  expires_at     timestamptz not null,
  created_at     timestamptz not null,
  resolved_at    timestamptz,
  version        integer not null check (version >= 1),
  primary key (customer_id, check_id),
  foreign key (customer_id, check_id) references credit_checks,
  check (captured_minor + released_minor + expired_minor <= amount_minor),
  -- Resolved means that nothing is open any more, and the other way round.
  check ((state = 'active') = (captured_minor + released_minor + expired_minor < amount_minor)),
  check ((state = 'active') = (resolved_at is null))
);
-- Two holds for one order cannot exist, whatever keys the caller sends.
create unique index reservations_active_by_order on reservations (customer_id, order_id) where state = 'active';
create index reservations_active_by_expiry on reservations (customer_id, expires_at) where state = 'active';

create table captures (
  -- One capture per invoice. It stays in the account's captured amount until that invoice is recorded.
  customer_id  text not null,
  invoice_id   text not null,
  capture_id   text not null,
  check_id     text not null,
  amount_minor bigint not null check (amount_minor > 0),
  captured_at  timestamptz not null,
  invoiced_at  timestamptz,
  primary key (customer_id, invoice_id),
  foreign key (customer_id, check_id) references reservations
);
create index captures_by_check on captures (customer_id, check_id);

create table journal (
  -- Append-only and hash-chained per customer: hash = SHA-256 over the canonical JSON of the entry, which names the hash before it.
  customer_id   text not null references customers,
  seq           bigint not null check (seq >= 1),
  at            timestamptz not null,
  type          text not null,
  actor         text not null,
  subject       text not null,
  payload       text not null,
  previous_hash text not null check (length(previous_hash) = 64),
  hash          text not null check (length(hash) = 64),
  primary key (customer_id, seq)
);

create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% is append-only: % refused', tg_table_name, tg_op using errcode = 'restrict_violation';
end $$;

-- A decision and an assessment are what they were when they were answered; what becomes of a reservation stands in its own table.
create trigger credit_checks_are_append_only before update or delete on credit_checks for each row execute function refuse_change();
create trigger assessments_are_append_only before update or delete on assessments for each row execute function refuse_change();
create trigger journal_is_append_only before update or delete on journal for each row execute function refuse_change();
create trigger journal_is_not_truncated before truncate on journal for each statement execute function refuse_change();
