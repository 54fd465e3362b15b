-- What the migrations add up to. Generated: `npm run schema`.

CREATE OR REPLACE FUNCTION feed_base()
 RETURNS bigint
 LANGUAGE sql
 IMMUTABLE
RETURN (0)::bigint;

CREATE OR REPLACE FUNCTION feed_horizon()
 RETURNS bigint
 LANGUAGE sql
 STABLE
RETURN (((pg_snapshot_xmin(pg_current_snapshot()))::text)::bigint + feed_base());

CREATE OR REPLACE FUNCTION feed_position()
 RETURNS bigint
 LANGUAGE sql
 STABLE
RETURN (GREATEST(((pg_current_xact_id())::text)::bigint, (((pg_snapshot_xmax(pg_current_snapshot()))::text)::bigint - 1)) + feed_base());

CREATE OR REPLACE FUNCTION rebuild_ledger(customer text)
 RETURNS void
 LANGUAGE plpgsql
 SET enable_nestloop TO 'off'
AS $function$
begin
  perform from credit_accounts where customer_id = customer for no key update;
  delete from ledger_days where customer_id = customer;
  delete from late_payments where customer_id = customer;
  delete from ledger_ahead where customer_id = customer;
  with settlements as materialized (
    select invoice_id, issued_on, due_on, invoices.amount_minor as whole_minor, settled_on, kind = 'payment' as is_paid,
      allocations.amount_minor as given_minor, greatest(settled_on - due_on, 0) as days_late,
      sum(allocations.amount_minor) over (
        partition by invoice_id order by settled_on, kind <> 'payment', allocations.amount_minor rows unbounded preceding
      ) as until_minor
    from allocations join invoices using (customer_id, invoice_id)
    where customer_id = customer
  ), parts as materialized (
    select invoice_id, issued_on, settled_on, is_paid, days_late,
      least(until_minor, whole_minor) - (until_minor - given_minor) as minor
    from settlements where given_minor > 0 and until_minor - given_minor < whole_minor
  ), ledger as materialized (
    select invoice_id, issued_on, due_on, disputed, amount_minor, open_minor, credited_minor, last_on, first_paid_on, last_paid_on,
      amount_minor - coalesce(settled_minor, 0) as unsettled_minor
    from invoices left join (
      select invoice_id, sum(minor) as settled_minor, sum(minor) filter (where not is_paid) as credited_minor,
        max(settled_on) as last_on, min(settled_on) filter (where is_paid) as first_paid_on,
        max(settled_on) filter (where is_paid) as last_paid_on
      from parts group by invoice_id
    ) as settled using (invoice_id)
    where customer_id = customer
  ), issued as (
    select issued_on as day, count(*) as invoices, sum(amount_minor) as invoiced_minor,
      sum(amount_minor) filter (where disputed) as disputed_minor, sum(credited_minor) as credited_minor
    from ledger group by issued_on
  ), paid as (
    select settled_on as day, sum(minor) as paid_minor, sum(minor * days_late) as paid_minor_days
    from parts where is_paid group by settled_on
  ), closed as (
    select last_on as day, count(*) as closed, sum(amount_minor) as closed_minor,
      count(*) filter (where last_paid_on > due_on) as closed_late, count(last_paid_on) as closed_paid,
      count(*) filter (where first_paid_on < last_paid_on) as closed_in_parts
    from ledger where unsettled_minor = 0 group by last_on
  ), balance as (
    select day, sum(change) as balance_minor
    from parts join ledger using (invoice_id)
    cross join lateral (values (parts.issued_on, minor), (parts.settled_on, -minor)) as changes (day, change)
    where is_paid and unsettled_minor = 0 group by day
  ), due as (
    select due_on as day, sum(unsettled_minor) as unsettled_minor,
      sum(unsettled_minor) filter (where not disputed) as undisputed_minor,
      count(*) filter (where unsettled_minor > 0 and not disputed) as undisputed,
      sum(open_minor) as open_minor, sum(open_minor) filter (where disputed) as open_disputed_minor
    from ledger where unsettled_minor > 0 or open_minor > 0 group by due_on
  ), received as (
    select settled_on as day, sum(given_minor) as received_minor, sum(given_minor::numeric * days_late) as received_minor_days
    from settlements where is_paid group by settled_on
  ), late as (
    insert into late_payments (customer_id, settled_on, days_late, payments)
    select customer, settled_on, days_late, count(*) from parts where is_paid and days_late > 0 group by settled_on, days_late
  ), ahead as (
    insert into ledger_ahead (customer_id, counts_from, invoice_id)
    select customer, day, invoice_id from (
      select issued_on as day, invoice_id from ledger union select settled_on, invoice_id from settlements
    ) as dated
    -- The day of the last change, wherever the service stands: what is dated after it may be dated ahead.
    where day >= (select (updated_at at time zone 'UTC')::date from credit_accounts where customer_id = customer)
  )
  insert into ledger_days (customer_id, day, invoices, invoiced_minor, disputed_minor, credited_minor, paid_minor, paid_minor_days,
    closed, closed_minor, closed_late, closed_paid, closed_in_parts, balance_minor, unsettled_minor, undisputed_minor, undisputed,
    open_minor, open_disputed_minor, received_minor, received_minor_days)
  select customer, day, coalesce(invoices, 0), coalesce(invoiced_minor, 0), coalesce(disputed_minor, 0), coalesce(credited_minor, 0),
    coalesce(paid_minor, 0), coalesce(paid_minor_days, 0), coalesce(closed, 0), coalesce(closed_minor, 0), coalesce(closed_late, 0),
    coalesce(closed_paid, 0), coalesce(closed_in_parts, 0), coalesce(balance_minor, 0), coalesce(unsettled_minor, 0),
    coalesce(undisputed_minor, 0), coalesce(undisputed, 0), coalesce(open_minor, 0), coalesce(open_disputed_minor, 0),
    coalesce(received_minor, 0), coalesce(received_minor_days, 0)
  from issued full join paid using (day) full join closed using (day) full join balance using (day) full join due using (day)
    full join received using (day);
end $function$;

CREATE OR REPLACE FUNCTION refuse_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception '% is append-only: % refused', tg_table_name, tg_op using errcode = 'restrict_violation';
end $function$;

CREATE OR REPLACE FUNCTION refuse_model_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if tg_op = 'UPDATE' and old.state = 'draft' and (new.model_id, new.version) = (old.model_id, old.version) then
    return new;
  end if;
  if tg_op = 'UPDATE' and (new.model_id, new.version, new.segment, new.document, new.sha256, new.author, new.approver)
    is not distinct from (old.model_id, old.version, old.segment, old.document, old.sha256, old.author, old.approver) then
    return new;
  end if;
  raise exception 'version % of the model % never changes: % refused', old.version, old.model_id, tg_op using errcode = 'restrict_violation';
end $function$;

CREATE TABLE allocations (
  customer_id text NOT NULL,
  kind text NOT NULL,
  credit_id text NOT NULL,
  invoice_id text NOT NULL,
  amount_minor bigint NOT NULL,
  settled_on date NOT NULL,
  settled_minor bigint,
  used_minor bigint,
  asked_used_minor bigint,
  asked_settled_minor bigint,
  CONSTRAINT allocations_pkey PRIMARY KEY (customer_id, kind, credit_id, invoice_id),
  CONSTRAINT allocations_amount_minor_check CHECK (((amount_minor > 0) OR (settled_minor > 0))),
  CONSTRAINT allocations_asked_check CHECK ((num_nulls(asked_used_minor, asked_settled_minor) = ANY (ARRAY[0, 2]))),
  CONSTRAINT allocations_check CHECK (((settled_minor IS NULL) = (used_minor IS NULL))),
  CONSTRAINT allocations_settled_minor_check CHECK ((settled_minor >= 0)),
  CONSTRAINT allocations_used_minor_check CHECK ((used_minor >= 0))
);
CREATE INDEX allocations_by_invoice ON allocations USING btree (invoice_id, customer_id);

CREATE TABLE api_keys (
  key_id text NOT NULL,
  name text NOT NULL,
  secret_hash text NOT NULL,
  scopes text[] NOT NULL,
  created_at timestamp with time zone NOT NULL,
  expires_at timestamp with time zone,
  revoked_at timestamp with time zone,
  person_id text,
  made_by text NOT NULL,
  seat_id text NOT NULL,
  confirmed_at timestamp with time zone,
  confirmed_by text,
  last_used_at timestamp with time zone,
  CONSTRAINT api_keys_pkey PRIMARY KEY (key_id),
  CONSTRAINT api_keys_check CHECK (((confirmed_at IS NULL) = (confirmed_by IS NULL))),
  CONSTRAINT api_keys_person_id_check CHECK ((person_id ~ '^per_[0-9a-hjkmnp-tv-z]{26}$'::text)),
  CONSTRAINT api_keys_scopes_check CHECK (((cardinality(scopes) > 0) AND (scopes <@ ARRAY['admin'::text, 'write'::text, 'read'::text, 'check'::text, 'documents'::text, 'file'::text, 'rates'::text, 'limits'::text, 'collateral'::text, 'holds'::text, 'release'::text, 'approve'::text, 'models'::text, 'policies'::text, 'keys'::text, 'audit'::text]))),
  CONSTRAINT api_keys_secret_hash_check CHECK ((length(secret_hash) = 64))
);
CREATE INDEX api_keys_by_person ON api_keys USING btree (person_id) WHERE (person_id IS NOT NULL);
CREATE INDEX api_keys_by_seat ON api_keys USING btree (seat_id);

CREATE TABLE assessments (
  customer_id text NOT NULL,
  assessment_id text NOT NULL,
  as_of date NOT NULL,
  made_at timestamp with time zone NOT NULL,
  model_id text NOT NULL,
  model_version integer NOT NULL,
  status text NOT NULL,
  grade text,
  document text NOT NULL,
  outcome text,
  inputs text,
  CONSTRAINT assessments_pkey PRIMARY KEY (customer_id, assessment_id),
  CONSTRAINT assessments_status_check CHECK ((status = ANY (ARRAY['rated'::text, 'unrated'::text])))
);

CREATE TABLE blocked_orders (
  customer_id text NOT NULL,
  order_id text NOT NULL,
  check_id text NOT NULL,
  state text NOT NULL,
  automatic boolean NOT NULL,
  amount_minor bigint NOT NULL,
  request text NOT NULL,
  asked_by text NOT NULL,
  opened_at timestamp with time zone NOT NULL,
  first_check_id text NOT NULL,
  valid_until timestamp with time zone NOT NULL,
  closed_at timestamp with time zone,
  closed_by text,
  next_check_id text,
  release_id text,
  reason_code text,
  comment text,
  version integer NOT NULL,
  CONSTRAINT blocked_orders_pkey PRIMARY KEY (customer_id, order_id),
  CONSTRAINT blocked_orders_amount_minor_check CHECK ((amount_minor > 0)),
  CONSTRAINT blocked_orders_check CHECK (((state = 'open'::text) = (closed_at IS NULL))),
  CONSTRAINT blocked_orders_check1 CHECK (((closed_by IS NULL) = (closed_at IS NULL))),
  CONSTRAINT blocked_orders_state_check CHECK ((state = ANY (ARRAY['open'::text, 'approved'::text, 'released'::text, 'rejected'::text, 'withdrawn'::text, 'lapsed'::text]))),
  CONSTRAINT blocked_orders_version_check CHECK ((version >= 1))
);
CREATE INDEX blocked_orders_by_age ON blocked_orders USING btree (state, opened_at, customer_id, order_id);
CREATE INDEX blocked_orders_by_end ON blocked_orders USING btree (customer_id, valid_until) WHERE (state = 'open'::text);
CREATE INDEX blocked_orders_queue ON blocked_orders USING btree (customer_id, opened_at, first_check_id) WHERE ((state = 'open'::text) AND automatic);

CREATE TABLE captures (
  customer_id text NOT NULL,
  invoice_id text,
  capture_id text NOT NULL,
  check_id text NOT NULL,
  amount_minor bigint NOT NULL,
  captured_at timestamp with time zone NOT NULL,
  invoiced_at timestamp with time zone,
  original_currency text,
  original_minor bigint,
  rate numeric,
  rate_on date,
  rate_basis text,
  item_source text,
  item_id text,
  excess_minor bigint,
  passed_minor bigint NOT NULL DEFAULT 0,
  released_minor bigint NOT NULL DEFAULT 0,
  CONSTRAINT captures_pkey PRIMARY KEY (customer_id, capture_id),
  CONSTRAINT captures_amount_minor_check CHECK ((amount_minor > 0)),
  CONSTRAINT captures_check CHECK ((num_nulls(original_currency, original_minor, rate, rate_on, rate_basis) = ANY (ARRAY[0, 5]))),
  CONSTRAINT captures_original_currency_check CHECK ((original_currency ~ '^[A-Z]{3}$'::text)),
  CONSTRAINT captures_original_minor_check CHECK ((original_minor > 0)),
  CONSTRAINT captures_parts_check CHECK (((passed_minor >= 0) AND (released_minor >= 0) AND ((COALESCE(excess_minor, (0)::bigint) >= 0) AND (COALESCE(excess_minor, (0)::bigint) <= ((amount_minor - passed_minor) - released_minor))))),
  CONSTRAINT captures_rate_basis_check CHECK ((rate_basis = ANY (ARRAY['direct'::text, 'inverse'::text]))),
  CONSTRAINT captures_rate_check CHECK (((rate > (0)::numeric) AND (rate < 'Infinity'::numeric))),
  CONSTRAINT captures_target_check CHECK (((num_nonnulls(invoice_id, item_id) = 1) AND (num_nulls(item_source, item_id) = ANY (ARRAY[0, 2]))))
);
CREATE INDEX captures_by_check ON captures USING btree (customer_id, check_id);
CREATE INDEX captures_by_item ON captures USING btree (customer_id, item_source, item_id) WHERE (item_id IS NOT NULL);
CREATE INDEX captures_in_excess ON captures USING btree (customer_id, check_id) WHERE (excess_minor > 0);
CREATE UNIQUE INDEX captures_once_by_invoice ON captures USING btree (customer_id, invoice_id, check_id);

CREATE TABLE change_requests (
  change_request_id text NOT NULL,
  kind text NOT NULL,
  subject text NOT NULL,
  customer_id text,
  payload text NOT NULL,
  digest text NOT NULL,
  made_by text NOT NULL,
  made_at timestamp with time zone NOT NULL,
  state text NOT NULL,
  approvals jsonb NOT NULL,
  closed_at timestamp with time zone,
  version integer NOT NULL,
  CONSTRAINT change_requests_pkey PRIMARY KEY (change_request_id),
  CONSTRAINT change_requests_check CHECK (((state = 'open'::text) = (closed_at IS NULL))),
  CONSTRAINT change_requests_digest_check CHECK ((length(digest) = 64)),
  CONSTRAINT change_requests_state_check CHECK ((state = ANY (ARRAY['open'::text, 'applied'::text, 'rejected'::text, 'withdrawn'::text]))),
  CONSTRAINT change_requests_version_check CHECK ((version >= 1))
);
CREATE INDEX change_requests_by_customer ON change_requests USING btree (customer_id, change_request_id) WHERE (customer_id IS NOT NULL);
CREATE INDEX change_requests_by_state ON change_requests USING btree (state, change_request_id);
CREATE UNIQUE INDEX change_requests_open ON change_requests USING btree (kind, subject, digest) WHERE (state = 'open'::text);

CREATE TABLE credit_accounts (
  customer_id text NOT NULL,
  currency text NOT NULL,
  limit_mode text NOT NULL,
  limit_minor bigint NOT NULL,
  limit_valid_until date,
  limit_decision_id text,
  terms_days integer,
  receivables_minor bigint NOT NULL,
  captured_minor bigint NOT NULL,
  reserved_minor bigint NOT NULL,
  hold_reason text,
  hold_by text,
  hold_since timestamp with time zone,
  grade text,
  rating_assessment_id text,
  rating_valid_until date,
  rated_at timestamp with time zone,
  version bigint NOT NULL,
  journal_seq bigint NOT NULL,
  journal_hash text NOT NULL,
  updated_at timestamp with time zone NOT NULL,
  rating_advice text NOT NULL DEFAULT 'none'::text,
  orders_minor bigint NOT NULL DEFAULT 0,
  deliveries_minor bigint NOT NULL DEFAULT 0,
  special_minor bigint NOT NULL DEFAULT 0,
  situation text,
  situation_on date,
  reconciled_at timestamp with time zone,
  reservations_due_at timestamp with time zone,
  blocked_orders integer NOT NULL DEFAULT 0,
  reevaluation_due_at timestamp with time zone,
  reevaluation_place text,
  file_change text,
  file_changed_at timestamp with time zone,
  hold_setters text,
  CONSTRAINT credit_accounts_pkey PRIMARY KEY (customer_id),
  CONSTRAINT credit_accounts_blocked_orders_check CHECK ((blocked_orders >= 0)),
  CONSTRAINT credit_accounts_captured_minor_check CHECK ((captured_minor >= 0)),
  CONSTRAINT credit_accounts_check CHECK (((limit_mode = 'limited'::text) OR (limit_minor = 0))),
  CONSTRAINT credit_accounts_check1 CHECK (((hold_reason IS NULL) = (hold_since IS NULL))),
  CONSTRAINT credit_accounts_check2 CHECK (((grade IS NULL) = (rating_valid_until IS NULL))),
  CONSTRAINT credit_accounts_check3 CHECK (((situation IS NULL) = (situation_on IS NULL))),
  CONSTRAINT credit_accounts_check4 CHECK (((file_change IS NULL) = (file_changed_at IS NULL))),
  CONSTRAINT credit_accounts_currency_check CHECK ((currency ~ '^[A-Z]{3}$'::text)),
  CONSTRAINT credit_accounts_deliveries_minor_check CHECK ((deliveries_minor >= 0)),
  CONSTRAINT credit_accounts_file_change_check CHECK ((file_change = ANY (ARRAY['other'::text, 'knockout'::text, 'knockout_withdrawn'::text]))),
  CONSTRAINT credit_accounts_grade_check CHECK ((grade = ANY (ARRAY['AAA'::text, 'AA'::text, 'A'::text, 'BBB'::text, 'BB'::text, 'B'::text, 'CCC'::text, 'CC'::text, 'C'::text, 'D'::text]))),
  CONSTRAINT credit_accounts_journal_hash_check CHECK ((length(journal_hash) = 64)),
  CONSTRAINT credit_accounts_journal_seq_check CHECK ((journal_seq >= 0)),
  CONSTRAINT credit_accounts_limit_minor_check CHECK ((limit_minor >= 0)),
  CONSTRAINT credit_accounts_limit_mode_check CHECK ((limit_mode = ANY (ARRAY['none'::text, 'limited'::text, 'unlimited'::text, 'cash_only'::text]))),
  CONSTRAINT credit_accounts_orders_minor_check CHECK ((orders_minor >= 0)),
  CONSTRAINT credit_accounts_rating_advice_check CHECK ((rating_advice = ANY (ARRAY['none'::text, 'refer'::text, 'decline'::text]))),
  CONSTRAINT credit_accounts_reserved_minor_check CHECK ((reserved_minor >= 0)),
  CONSTRAINT credit_accounts_terms_days_check CHECK (((terms_days >= 0) AND (terms_days <= 365))),
  CONSTRAINT credit_accounts_version_check CHECK ((version >= 1))
);
CREATE INDEX credit_accounts_by_due_reservation ON credit_accounts USING btree (reservations_due_at) WHERE (reservations_due_at IS NOT NULL);
CREATE INDEX credit_accounts_by_rating_time ON credit_accounts USING btree (rated_at) WHERE (rated_at IS NOT NULL);
CREATE INDEX credit_accounts_by_reevaluation ON credit_accounts USING btree (reevaluation_due_at) WHERE (reevaluation_due_at IS NOT NULL);

CREATE TABLE credit_checks (
  customer_id text NOT NULL,
  check_id text NOT NULL,
  order_id text NOT NULL,
  outcome text NOT NULL,
  amount_minor bigint NOT NULL,
  decided_at timestamp with time zone NOT NULL,
  document text NOT NULL,
  CONSTRAINT credit_checks_pkey PRIMARY KEY (customer_id, check_id),
  CONSTRAINT credit_checks_amount_minor_check CHECK ((amount_minor > 0)),
  CONSTRAINT credit_checks_outcome_check CHECK ((outcome = ANY (ARRAY['approved'::text, 'referred'::text, 'declined'::text])))
);
CREATE INDEX credit_checks_by_id ON credit_checks USING btree (check_id);
CREATE INDEX credit_checks_by_order ON credit_checks USING btree (customer_id, order_id);

CREATE TABLE credits (
  customer_id text NOT NULL,
  kind text NOT NULL,
  credit_id text NOT NULL,
  dated_on date NOT NULL,
  amount_minor bigint NOT NULL,
  unapplied_minor bigint NOT NULL,
  request text NOT NULL,
  recorded_at timestamp with time zone NOT NULL,
  original_currency text,
  original_minor bigint,
  unapplied_original_minor bigint,
  rate numeric,
  rate_on date,
  rate_basis text,
  CONSTRAINT credits_pkey PRIMARY KEY (customer_id, kind, credit_id),
  CONSTRAINT credits_amount_minor_check CHECK ((amount_minor > 0)),
  CONSTRAINT credits_check CHECK (((unapplied_minor >= 0) AND (unapplied_minor <= amount_minor))),
  CONSTRAINT credits_check1 CHECK (((unapplied_original_minor >= 0) AND (unapplied_original_minor <= original_minor))),
  CONSTRAINT credits_check2 CHECK ((num_nulls(original_currency, original_minor, unapplied_original_minor, rate, rate_on, rate_basis) = ANY (ARRAY[0, 6]))),
  CONSTRAINT credits_kind_check CHECK ((kind = ANY (ARRAY['payment'::text, 'credit_note'::text, 'adjustment'::text, 'discount'::text]))),
  CONSTRAINT credits_original_currency_check CHECK ((original_currency ~ '^[A-Z]{3}$'::text)),
  CONSTRAINT credits_original_minor_check CHECK ((original_minor > 0)),
  CONSTRAINT credits_rate_basis_check CHECK ((rate_basis = ANY (ARRAY['direct'::text, 'inverse'::text]))),
  CONSTRAINT credits_rate_check CHECK (((rate > (0)::numeric) AND (rate < 'Infinity'::numeric)))
);
CREATE INDEX credits_unapplied ON credits USING btree (customer_id) WHERE (unapplied_minor > 0);

CREATE TABLE customer_identifiers (
  customer_id text NOT NULL,
  scheme text NOT NULL,
  value text NOT NULL,
  CONSTRAINT customer_identifiers_pkey PRIMARY KEY (customer_id, scheme, value),
  CONSTRAINT customer_identifiers_scheme_check CHECK ((scheme = ANY (ARRAY['uscc'::text, 'lei'::text, 'duns'::text, 'vat'::text, 'erp'::text, 'crm'::text])))
);
CREATE INDEX customer_identifiers_by_value ON customer_identifiers USING btree (scheme, value);

CREATE TABLE customers (
  customer_id text NOT NULL,
  kind text NOT NULL,
  name text NOT NULL,
  country text,
  industry text,
  parent_customer_id text,
  profile jsonb NOT NULL,
  version integer NOT NULL,
  created_at timestamp with time zone NOT NULL,
  updated_at timestamp with time zone NOT NULL,
  CONSTRAINT customers_pkey PRIMARY KEY (customer_id),
  CONSTRAINT customers_check CHECK ((parent_customer_id <> customer_id)),
  CONSTRAINT customers_country_check CHECK ((country ~ '^[A-Z]{2}$'::text)),
  CONSTRAINT customers_customer_id_check CHECK ((customer_id ~ '^[A-Za-z0-9][A-Za-z0-9._~-]{0,63}$'::text)),
  CONSTRAINT customers_kind_check CHECK ((kind = ANY (ARRAY['company'::text, 'sole_trader'::text, 'individual'::text]))),
  CONSTRAINT customers_version_check CHECK ((version >= 1))
);
CREATE INDEX customers_by_parent ON customers USING btree (parent_customer_id) WHERE (parent_customer_id IS NOT NULL);

CREATE TABLE evidence (
  customer_id text NOT NULL,
  evidence_id text NOT NULL,
  kind text NOT NULL,
  observed_on date NOT NULL,
  valid_until date,
  source text NOT NULL,
  facts jsonb NOT NULL,
  recorded_by text NOT NULL,
  recorded_at timestamp with time zone NOT NULL,
  withdrawal_reason text,
  withdrawn_by text,
  withdrawn_at timestamp with time zone,
  version integer NOT NULL,
  CONSTRAINT evidence_pkey PRIMARY KEY (customer_id, evidence_id),
  CONSTRAINT evidence_check CHECK ((valid_until >= observed_on)),
  CONSTRAINT evidence_check1 CHECK (((withdrawal_reason IS NULL) = (withdrawn_at IS NULL))),
  CONSTRAINT evidence_check2 CHECK (((withdrawn_by IS NULL) = (withdrawn_at IS NULL))),
  CONSTRAINT evidence_kind_check CHECK ((kind = ANY (ARRAY['agency_report'::text, 'bank_reference'::text, 'trade_reference'::text, 'court_record'::text, 'tax_record'::text, 'insolvency_record'::text, 'loan_record'::text, 'site_visit'::text, 'interview'::text, 'qualitative'::text]))),
  CONSTRAINT evidence_version_check CHECK ((version >= 1))
);

CREATE TABLE exchange_rates (
  base text NOT NULL,
  quote text NOT NULL,
  rate_on date NOT NULL,
  rate numeric NOT NULL,
  source text NOT NULL,
  recorded_by text NOT NULL,
  recorded_at timestamp with time zone NOT NULL,
  updated_at timestamp with time zone NOT NULL,
  version integer NOT NULL,
  corrected_at timestamp with time zone,
  CONSTRAINT exchange_rates_pkey PRIMARY KEY (base, quote, rate_on),
  CONSTRAINT exchange_rates_base_check CHECK ((base ~ '^[A-Z]{3}$'::text)),
  CONSTRAINT exchange_rates_check CHECK ((base <> quote)),
  CONSTRAINT exchange_rates_quote_check CHECK ((quote ~ '^[A-Z]{3}$'::text)),
  CONSTRAINT exchange_rates_rate_check CHECK (((rate > (0)::numeric) AND (rate < 'Infinity'::numeric))),
  CONSTRAINT exchange_rates_version_check CHECK ((version >= 1))
);
CREATE INDEX exchange_rates_corrected ON exchange_rates USING btree (base, quote) WHERE (corrected_at IS NOT NULL);

CREATE TABLE exposure_conversions (
  customer_id text NOT NULL,
  to_kind text NOT NULL,
  to_source text NOT NULL,
  to_id text NOT NULL,
  from_kind text NOT NULL,
  from_source text NOT NULL,
  from_id text NOT NULL,
  amount_minor bigint NOT NULL,
  original_minor bigint NOT NULL,
  converted_at timestamp with time zone NOT NULL,
  bounded boolean NOT NULL DEFAULT false,
  CONSTRAINT exposure_conversions_pkey PRIMARY KEY (customer_id, to_kind, to_source, to_id, from_kind, from_source, from_id),
  CONSTRAINT exposure_conversions_from_kind_check CHECK ((from_kind = ANY (ARRAY['item'::text, 'check'::text]))),
  CONSTRAINT exposure_conversions_to_kind_check CHECK ((to_kind = ANY (ARRAY['item'::text, 'invoice'::text])))
);
CREATE INDEX exposure_conversions_by_origin ON exposure_conversions USING btree (customer_id, from_kind, from_source, from_id);

CREATE TABLE exposure_items (
  customer_id text NOT NULL,
  source text NOT NULL,
  item_id text NOT NULL,
  category text NOT NULL,
  state text NOT NULL,
  amount_minor bigint NOT NULL,
  open_minor bigint NOT NULL,
  original_currency text NOT NULL,
  original_minor bigint NOT NULL,
  open_original_minor bigint NOT NULL,
  rate numeric,
  rate_on date,
  rate_basis text,
  due_on date,
  ship_on date,
  disputed boolean NOT NULL,
  statistical boolean NOT NULL,
  source_version bigint NOT NULL,
  version integer NOT NULL,
  recorded_at timestamp with time zone NOT NULL,
  updated_at timestamp with time zone NOT NULL,
  held_by text,
  held_until timestamp with time zone,
  CONSTRAINT exposure_items_pkey PRIMARY KEY (customer_id, source, item_id),
  CONSTRAINT exposure_items_category_check CHECK ((category = ANY (ARRAY['order'::text, 'delivery'::text, 'special'::text]))),
  CONSTRAINT exposure_items_check CHECK (((category = 'special'::text) OR (amount_minor >= 0))),
  CONSTRAINT exposure_items_check1 CHECK (((open_minor >= LEAST(amount_minor, (0)::bigint)) AND (open_minor <= GREATEST(amount_minor, (0)::bigint)))),
  CONSTRAINT exposure_items_check2 CHECK (((open_original_minor >= LEAST(original_minor, (0)::bigint)) AND (open_original_minor <= GREATEST(original_minor, (0)::bigint)))),
  CONSTRAINT exposure_items_check3 CHECK (((rate IS NULL) = (rate_on IS NULL))),
  CONSTRAINT exposure_items_check4 CHECK (((rate IS NULL) = (rate_basis IS NULL))),
  CONSTRAINT exposure_items_ended_check CHECK (((state = ANY (ARRAY['open'::text, 'held'::text])) OR ((open_minor = 0) AND (open_original_minor = 0)))),
  CONSTRAINT exposure_items_held_check CHECK (
CASE
    WHEN (state = 'held'::text) THEN ((num_nulls(held_by, held_until) = 0) AND (category = 'order'::text) AND (NOT statistical))
    ELSE (num_nonnulls(held_by, held_until) = 0)
END),
  CONSTRAINT exposure_items_original_currency_check CHECK ((original_currency ~ '^[A-Z]{3}$'::text)),
  CONSTRAINT exposure_items_rate_basis_check CHECK ((rate_basis = ANY (ARRAY['direct'::text, 'inverse'::text]))),
  CONSTRAINT exposure_items_rate_check CHECK (((rate > (0)::numeric) AND (rate < 'Infinity'::numeric))),
  CONSTRAINT exposure_items_source_version_check CHECK ((source_version >= 1)),
  CONSTRAINT exposure_items_state_check CHECK ((state = ANY (ARRAY['open'::text, 'held'::text, 'converted'::text, 'closed'::text]))),
  CONSTRAINT exposure_items_version_check CHECK ((version >= 1))
);
CREATE INDEX exposure_items_converted ON exposure_items USING btree (original_currency, rate_on, customer_id) WHERE ((state = ANY (ARRAY['open'::text, 'held'::text])) AND (rate IS NOT NULL));
CREATE INDEX exposure_items_held ON exposure_items USING btree (customer_id, held_by) WHERE (state = 'held'::text);
CREATE INDEX exposure_items_open ON exposure_items USING btree (customer_id, category, ship_on) WHERE (state = 'open'::text);
CREATE INDEX exposure_items_open_orders ON exposure_items USING btree (customer_id, item_id) WHERE ((category = 'order'::text) AND (state = 'open'::text) AND (NOT statistical));

CREATE TABLE idempotency_keys (
  caller_id text NOT NULL,
  idempotency_key text NOT NULL,
  request text NOT NULL,
  status integer,
  headers text,
  body text,
  created_at timestamp with time zone NOT NULL,
  check_id text,
  CONSTRAINT idempotency_keys_pkey PRIMARY KEY (caller_id, idempotency_key),
  CONSTRAINT idempotency_keys_idempotency_key_check CHECK (((length(idempotency_key) >= 1) AND (length(idempotency_key) <= 255)))
);

CREATE TABLE invoices (
  customer_id text NOT NULL,
  invoice_id text NOT NULL,
  order_id text,
  amount_minor bigint NOT NULL,
  open_minor bigint NOT NULL,
  issued_on date NOT NULL,
  due_on date NOT NULL,
  disputed boolean NOT NULL,
  version integer NOT NULL,
  recorded_at timestamp with time zone NOT NULL,
  updated_at timestamp with time zone NOT NULL,
  dunning_level integer NOT NULL DEFAULT 0,
  source_version bigint,
  original_currency text,
  original_minor bigint,
  open_original_minor bigint,
  rate numeric,
  rate_on date,
  rate_basis text,
  eased_due_on date,
  CONSTRAINT invoices_pkey PRIMARY KEY (customer_id, invoice_id),
  CONSTRAINT invoices_amount_minor_check CHECK ((amount_minor > 0)),
  CONSTRAINT invoices_check CHECK (((open_minor >= 0) AND (open_minor <= amount_minor))),
  CONSTRAINT invoices_check1 CHECK ((due_on >= issued_on)),
  CONSTRAINT invoices_check2 CHECK (((open_original_minor >= 0) AND (open_original_minor <= original_minor))),
  CONSTRAINT invoices_check3 CHECK ((num_nulls(original_currency, original_minor, open_original_minor, rate, rate_on, rate_basis) = ANY (ARRAY[0, 6]))),
  CONSTRAINT invoices_dunning_level_check CHECK (((dunning_level >= 0) AND (dunning_level <= 9))),
  CONSTRAINT invoices_original_currency_check CHECK ((original_currency ~ '^[A-Z]{3}$'::text)),
  CONSTRAINT invoices_original_minor_check CHECK ((original_minor > 0)),
  CONSTRAINT invoices_rate_basis_check CHECK ((rate_basis = ANY (ARRAY['direct'::text, 'inverse'::text]))),
  CONSTRAINT invoices_rate_check CHECK (((rate > (0)::numeric) AND (rate < 'Infinity'::numeric))),
  CONSTRAINT invoices_source_version_check CHECK ((source_version >= 1)),
  CONSTRAINT invoices_version_check CHECK ((version >= 1))
);
CREATE INDEX invoices_converted ON invoices USING btree (original_currency, rate_on, customer_id) WHERE ((open_minor > 0) AND (rate IS NOT NULL));
CREATE INDEX invoices_dunned ON invoices USING btree (customer_id, dunning_level) WHERE ((open_minor > 0) AND (NOT disputed) AND (dunning_level > 0));
CREATE INDEX invoices_eased ON invoices USING btree (customer_id, eased_due_on) WHERE ((open_minor > 0) AND (eased_due_on IS NOT NULL));
CREATE INDEX invoices_open ON invoices USING btree (customer_id, due_on, invoice_id) WHERE (open_minor > 0);
CREATE INDEX invoices_open_by_id ON invoices USING btree (customer_id, invoice_id) WHERE (open_minor > 0);
CREATE INDEX invoices_open_by_size ON invoices USING btree (customer_id, due_on, open_minor) WHERE ((open_minor > 0) AND (NOT disputed));

CREATE TABLE journal (
  customer_id text NOT NULL,
  seq bigint NOT NULL,
  at timestamp with time zone NOT NULL,
  type text NOT NULL,
  actor text NOT NULL,
  subject text NOT NULL,
  payload text NOT NULL,
  previous_hash text NOT NULL,
  hash text NOT NULL,
  feed_position bigint NOT NULL DEFAULT feed_position(),
  CONSTRAINT journal_pkey PRIMARY KEY (customer_id, seq),
  CONSTRAINT journal_hash_check CHECK ((length(hash) = 64)),
  CONSTRAINT journal_previous_hash_check CHECK ((length(previous_hash) = 64)),
  CONSTRAINT journal_seq_check CHECK ((seq >= 1))
);
CREATE INDEX journal_in_feed_order ON journal USING btree (feed_position, customer_id, seq);

CREATE TABLE late_payments (
  customer_id text NOT NULL,
  settled_on date NOT NULL,
  days_late integer NOT NULL,
  payments bigint NOT NULL,
  CONSTRAINT late_payments_pkey PRIMARY KEY (customer_id, settled_on, days_late),
  CONSTRAINT late_payments_days_late_check CHECK ((days_late > 0))
);

CREATE TABLE ledger_ahead (
  customer_id text NOT NULL,
  counts_from date NOT NULL,
  invoice_id text NOT NULL,
  CONSTRAINT ledger_ahead_pkey PRIMARY KEY (customer_id, counts_from, invoice_id)
);

CREATE TABLE ledger_days (
  customer_id text NOT NULL,
  day date NOT NULL,
  invoices bigint NOT NULL,
  invoiced_minor numeric NOT NULL,
  disputed_minor numeric NOT NULL,
  credited_minor numeric NOT NULL,
  paid_minor numeric NOT NULL,
  paid_minor_days numeric NOT NULL,
  closed bigint NOT NULL,
  closed_minor numeric NOT NULL,
  closed_late bigint NOT NULL,
  closed_paid bigint NOT NULL,
  closed_in_parts bigint NOT NULL,
  balance_minor numeric NOT NULL,
  unsettled_minor numeric NOT NULL,
  undisputed_minor numeric NOT NULL,
  undisputed bigint NOT NULL,
  open_minor numeric NOT NULL,
  open_disputed_minor numeric NOT NULL,
  received_minor numeric NOT NULL,
  received_minor_days numeric NOT NULL,
  CONSTRAINT ledger_days_pkey PRIMARY KEY (customer_id, day)
);

CREATE TABLE limit_decisions (
  customer_id text NOT NULL,
  limit_decision_id text NOT NULL,
  state text NOT NULL,
  document jsonb NOT NULL,
  proposed_by text NOT NULL,
  proposed_at timestamp with time zone NOT NULL,
  decided_by text,
  decided_at timestamp with time zone,
  version integer NOT NULL,
  CONSTRAINT limit_decisions_pkey PRIMARY KEY (customer_id, limit_decision_id),
  CONSTRAINT limit_decisions_state_check CHECK ((state = ANY (ARRAY['proposed'::text, 'applied'::text, 'rejected'::text]))),
  CONSTRAINT limit_decisions_version_check CHECK ((version >= 1))
);

CREATE TABLE model_events (
  model_id text NOT NULL,
  version integer NOT NULL,
  revision integer NOT NULL,
  event text NOT NULL,
  at timestamp with time zone NOT NULL,
  actor text NOT NULL,
  comment text,
  sha256 text NOT NULL,
  one_person boolean,
  CONSTRAINT model_events_pkey PRIMARY KEY (model_id, version, revision),
  CONSTRAINT model_events_event_check CHECK ((event = ANY (ARRAY['drafted'::text, 'approved'::text, 'shadowed'::text, 'activated'::text, 'retired'::text, 'shipped'::text])))
);

CREATE TABLE order_releases (
  customer_id text NOT NULL,
  release_id text NOT NULL,
  order_id text NOT NULL,
  check_id text NOT NULL,
  exempts text[] NOT NULL,
  amount_max_minor bigint NOT NULL,
  valid_until timestamp with time zone NOT NULL,
  reason_code text NOT NULL,
  comment text NOT NULL,
  decided_by text NOT NULL,
  decided_at timestamp with time zone NOT NULL,
  CONSTRAINT order_releases_pkey PRIMARY KEY (customer_id, release_id),
  CONSTRAINT order_releases_amount_max_minor_check CHECK ((amount_max_minor > 0))
);

CREATE TABLE organisation_chain (
  only_row boolean NOT NULL DEFAULT true,
  journal_seq bigint NOT NULL,
  journal_hash text NOT NULL,
  settings text,
  updated_at timestamp with time zone,
  CONSTRAINT organisation_chain_pkey PRIMARY KEY (only_row),
  CONSTRAINT organisation_chain_journal_hash_check CHECK ((length(journal_hash) = 64)),
  CONSTRAINT organisation_chain_journal_seq_check CHECK ((journal_seq >= 0)),
  CONSTRAINT organisation_chain_only_row_check CHECK (only_row)
);

CREATE TABLE organisation_journal (
  seq bigint NOT NULL,
  at timestamp with time zone NOT NULL,
  type text NOT NULL,
  actor text NOT NULL,
  subject text NOT NULL,
  payload text NOT NULL,
  previous_hash text NOT NULL,
  hash text NOT NULL,
  CONSTRAINT organisation_journal_pkey PRIMARY KEY (seq),
  CONSTRAINT organisation_journal_hash_check CHECK ((length(hash) = 64)),
  CONSTRAINT organisation_journal_previous_hash_check CHECK ((length(previous_hash) = 64)),
  CONSTRAINT organisation_journal_seq_check CHECK ((seq >= 1))
);

CREATE TABLE policies (
  policy_id text NOT NULL,
  version integer NOT NULL,
  document text NOT NULL,
  sha256 text NOT NULL,
  created_at timestamp with time zone NOT NULL,
  CONSTRAINT policies_pkey PRIMARY KEY (policy_id, version),
  CONSTRAINT policies_sha256_check CHECK ((length(sha256) = 64)),
  CONSTRAINT policies_version_check CHECK ((version >= 1))
);

CREATE TABLE reconciliations (
  customer_id text NOT NULL,
  reconciliation_id text NOT NULL,
  source text NOT NULL,
  snapshot_at timestamp with time zone NOT NULL,
  applied boolean NOT NULL,
  made_by text NOT NULL,
  made_at timestamp with time zone NOT NULL,
  document text NOT NULL,
  CONSTRAINT reconciliations_pkey PRIMARY KEY (customer_id, reconciliation_id)
);
CREATE INDEX reconciliations_applied ON reconciliations USING btree (customer_id, source, snapshot_at) WHERE applied;

CREATE TABLE reservations (
  customer_id text NOT NULL,
  check_id text NOT NULL,
  order_id text NOT NULL,
  state text NOT NULL,
  amount_minor bigint NOT NULL,
  captured_minor bigint NOT NULL,
  released_minor bigint NOT NULL,
  expired_minor bigint NOT NULL,
  expires_at timestamp with time zone NOT NULL,
  created_at timestamp with time zone NOT NULL,
  resolved_at timestamp with time zone,
  version integer NOT NULL,
  ship_on date,
  at_risk_since timestamp with time zone,
  CONSTRAINT reservations_pkey PRIMARY KEY (customer_id, check_id),
  CONSTRAINT reservations_amount_minor_check CHECK ((amount_minor > 0)),
  CONSTRAINT reservations_captured_minor_check CHECK ((captured_minor >= 0)),
  CONSTRAINT reservations_check CHECK ((((captured_minor + released_minor) + expired_minor) <= amount_minor)),
  CONSTRAINT reservations_check1 CHECK (((state = 'active'::text) = (((captured_minor + released_minor) + expired_minor) < amount_minor))),
  CONSTRAINT reservations_check2 CHECK (((state = 'active'::text) = (resolved_at IS NULL))),
  CONSTRAINT reservations_expired_minor_check CHECK ((expired_minor >= 0)),
  CONSTRAINT reservations_released_minor_check CHECK ((released_minor >= 0)),
  CONSTRAINT reservations_state_check CHECK ((state = ANY (ARRAY['active'::text, 'captured'::text, 'partially_captured'::text, 'released'::text, 'expired'::text]))),
  CONSTRAINT reservations_version_check CHECK ((version >= 1))
);
CREATE INDEX reservations_active_by_expiry ON reservations USING btree (customer_id, expires_at) WHERE (state = 'active'::text);
CREATE UNIQUE INDEX reservations_active_by_order ON reservations USING btree (customer_id, order_id) WHERE (state = 'active'::text);
CREATE INDEX reservations_expired ON reservations USING btree (resolved_at) WHERE (state = 'expired'::text);
CREATE INDEX reservations_expired_by_check ON reservations USING btree (check_id) WHERE (state = 'expired'::text);

CREATE TABLE run_rows (
  run_id text NOT NULL,
  failed boolean NOT NULL,
  place integer NOT NULL,
  subject text NOT NULL,
  content jsonb NOT NULL,
  CONSTRAINT run_rows_pkey PRIMARY KEY (run_id, failed, place),
  CONSTRAINT run_rows_place_check CHECK ((place > 0))
);

CREATE TABLE runs (
  run_id text NOT NULL,
  kind text NOT NULL,
  state text NOT NULL,
  scheduled_on date,
  requested_by text NOT NULL,
  parameters jsonb NOT NULL,
  counts jsonb NOT NULL,
  cursor jsonb,
  steps integer NOT NULL,
  row_count integer NOT NULL,
  created_at timestamp with time zone NOT NULL,
  started_at timestamp with time zone,
  finished_at timestamp with time zone,
  failed_reason text,
  CONSTRAINT runs_pkey PRIMARY KEY (run_id),
  CONSTRAINT runs_check CHECK (((state = ANY (ARRAY['queued'::text, 'running'::text])) = (finished_at IS NULL))),
  CONSTRAINT runs_check1 CHECK (((state = 'failed'::text) = (failed_reason IS NOT NULL))),
  CONSTRAINT runs_row_count_check CHECK ((row_count >= 0)),
  CONSTRAINT runs_state_check CHECK ((state = ANY (ARRAY['queued'::text, 'running'::text, 'done'::text, 'failed'::text, 'cancelled'::text]))),
  CONSTRAINT runs_steps_check CHECK ((steps >= 0))
);
CREATE UNIQUE INDEX runs_active ON runs USING btree (kind) WHERE (state = ANY (ARRAY['queued'::text, 'running'::text]));
CREATE UNIQUE INDEX runs_by_day ON runs USING btree (kind, scheduled_on) WHERE (scheduled_on IS NOT NULL);
CREATE INDEX runs_by_kind ON runs USING btree (kind, run_id);

CREATE TABLE scoring_models (
  model_id text NOT NULL,
  version integer NOT NULL,
  segment text NOT NULL,
  state text NOT NULL,
  document text NOT NULL,
  sha256 text NOT NULL,
  author text NOT NULL,
  approver text,
  created_at timestamp with time zone NOT NULL,
  updated_at timestamp with time zone NOT NULL,
  revision integer NOT NULL,
  importer integer,
  CONSTRAINT scoring_models_pkey PRIMARY KEY (model_id, version),
  CONSTRAINT scoring_models_check CHECK (((approver IS NULL) = (state = 'draft'::text))),
  CONSTRAINT scoring_models_check1 CHECK (((approver <> author) OR (author = 'shipped'::text))),
  CONSTRAINT scoring_models_importer_check CHECK ((importer >= 1)),
  CONSTRAINT scoring_models_revision_check CHECK ((revision >= 1)),
  CONSTRAINT scoring_models_segment_check CHECK ((segment = ANY (ARRAY['company'::text, 'thin_file'::text, 'sole_trader'::text, 'individual'::text]))),
  CONSTRAINT scoring_models_sha256_check CHECK ((length(sha256) = 64)),
  CONSTRAINT scoring_models_state_check CHECK ((state = ANY (ARRAY['draft'::text, 'approved'::text, 'shadow'::text, 'active'::text, 'retired'::text]))),
  CONSTRAINT scoring_models_version_check CHECK ((version >= 1))
);
CREATE UNIQUE INDEX scoring_models_active_by_segment ON scoring_models USING btree (segment) WHERE (state = 'active'::text);
CREATE INDEX scoring_models_in_force ON scoring_models USING btree (state) WHERE (state = ANY (ARRAY['active'::text, 'shadow'::text]));

CREATE TABLE securities (
  customer_id text NOT NULL,
  security_id text NOT NULL,
  kind text NOT NULL,
  provider text NOT NULL,
  amount_minor bigint NOT NULL,
  cover_share double precision NOT NULL,
  valid_from date NOT NULL,
  valid_until date,
  required boolean NOT NULL,
  recorded_at timestamp with time zone NOT NULL,
  updated_at timestamp with time zone NOT NULL,
  withdrawal_reason text,
  withdrawn_by text,
  withdrawn_at timestamp with time zone,
  version integer NOT NULL,
  CONSTRAINT securities_pkey PRIMARY KEY (customer_id, security_id),
  CONSTRAINT securities_amount_minor_check CHECK ((amount_minor > 0)),
  CONSTRAINT securities_check CHECK ((valid_until >= valid_from)),
  CONSTRAINT securities_check1 CHECK (((withdrawal_reason IS NULL) = (withdrawn_at IS NULL))),
  CONSTRAINT securities_check2 CHECK (((withdrawn_by IS NULL) = (withdrawn_at IS NULL))),
  CONSTRAINT securities_cover_share_check CHECK (((cover_share > (0)::double precision) AND (cover_share <= (1)::double precision))),
  CONSTRAINT securities_kind_check CHECK ((kind = ANY (ARRAY['insurance'::text, 'guarantee'::text, 'deposit'::text, 'collateral'::text]))),
  CONSTRAINT securities_version_check CHECK ((version >= 1))
);

CREATE TABLE shadow_assessments (
  customer_id text NOT NULL,
  assessment_id text NOT NULL,
  model_id text NOT NULL,
  model_version integer NOT NULL,
  as_of date NOT NULL,
  status text NOT NULL,
  grade text,
  score double precision,
  pd double precision,
  champion_model_id text NOT NULL,
  champion_model_version integer NOT NULL,
  champion_grade text,
  champion_score double precision,
  champion_pd double precision,
  document jsonb,
  CONSTRAINT shadow_assessments_pkey PRIMARY KEY (customer_id, assessment_id, model_id, model_version),
  CONSTRAINT shadow_assessments_status_check CHECK ((status = ANY (ARRAY['rated'::text, 'unrated'::text, 'failed'::text])))
);
CREATE INDEX shadow_assessments_by_model ON shadow_assessments USING btree (model_id, model_version, as_of);

CREATE TABLE simulated_clock (
  only_row boolean NOT NULL DEFAULT true,
  now timestamp with time zone NOT NULL,
  CONSTRAINT simulated_clock_pkey PRIMARY KEY (only_row),
  CONSTRAINT simulated_clock_only_row_check CHECK (only_row)
);

CREATE TABLE statements (
  customer_id text NOT NULL,
  statement_id text NOT NULL,
  period_end date NOT NULL,
  document jsonb NOT NULL,
  version integer NOT NULL,
  created_at timestamp with time zone NOT NULL,
  updated_at timestamp with time zone NOT NULL,
  CONSTRAINT statements_pkey PRIMARY KEY (customer_id, statement_id),
  CONSTRAINT statements_version_check CHECK ((version >= 1))
);
CREATE INDEX statements_by_period ON statements USING btree (customer_id, period_end);

ALTER TABLE allocations ADD CONSTRAINT allocations_customer_id_invoice_id_fkey FOREIGN KEY (customer_id, invoice_id) REFERENCES invoices(customer_id, invoice_id);
ALTER TABLE allocations ADD CONSTRAINT allocations_customer_id_kind_credit_id_fkey FOREIGN KEY (customer_id, kind, credit_id) REFERENCES credits(customer_id, kind, credit_id);
ALTER TABLE api_keys ADD CONSTRAINT api_keys_seat_id_fkey FOREIGN KEY (seat_id) REFERENCES api_keys(key_id);
ALTER TABLE assessments ADD CONSTRAINT assessments_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers(customer_id);
ALTER TABLE blocked_orders ADD CONSTRAINT blocked_orders_customer_id_check_id_fkey FOREIGN KEY (customer_id, check_id) REFERENCES credit_checks(customer_id, check_id);
ALTER TABLE blocked_orders ADD CONSTRAINT blocked_orders_customer_id_release_id_fkey FOREIGN KEY (customer_id, release_id) REFERENCES order_releases(customer_id, release_id);
ALTER TABLE captures ADD CONSTRAINT captures_customer_id_check_id_fkey FOREIGN KEY (customer_id, check_id) REFERENCES reservations(customer_id, check_id);
ALTER TABLE change_requests ADD CONSTRAINT change_requests_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers(customer_id);
ALTER TABLE credit_accounts ADD CONSTRAINT credit_accounts_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers(customer_id);
ALTER TABLE credit_checks ADD CONSTRAINT credit_checks_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers(customer_id);
ALTER TABLE credits ADD CONSTRAINT credits_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers(customer_id);
ALTER TABLE customer_identifiers ADD CONSTRAINT customer_identifiers_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers(customer_id);
ALTER TABLE evidence ADD CONSTRAINT evidence_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers(customer_id);
ALTER TABLE exposure_conversions ADD CONSTRAINT exposure_conversions_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers(customer_id);
ALTER TABLE exposure_items ADD CONSTRAINT exposure_items_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers(customer_id);
ALTER TABLE exposure_items ADD CONSTRAINT exposure_items_customer_id_held_by_fkey FOREIGN KEY (customer_id, held_by) REFERENCES reservations(customer_id, check_id);
ALTER TABLE invoices ADD CONSTRAINT invoices_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers(customer_id);
ALTER TABLE journal ADD CONSTRAINT journal_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers(customer_id);
ALTER TABLE late_payments ADD CONSTRAINT late_payments_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers(customer_id);
ALTER TABLE ledger_ahead ADD CONSTRAINT ledger_ahead_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers(customer_id);
ALTER TABLE ledger_days ADD CONSTRAINT ledger_days_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers(customer_id);
ALTER TABLE limit_decisions ADD CONSTRAINT limit_decisions_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers(customer_id);
ALTER TABLE model_events ADD CONSTRAINT model_events_model_id_version_fkey FOREIGN KEY (model_id, version) REFERENCES scoring_models(model_id, version);
ALTER TABLE order_releases ADD CONSTRAINT order_releases_customer_id_check_id_fkey FOREIGN KEY (customer_id, check_id) REFERENCES credit_checks(customer_id, check_id);
ALTER TABLE reconciliations ADD CONSTRAINT reconciliations_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers(customer_id);
ALTER TABLE reservations ADD CONSTRAINT reservations_customer_id_check_id_fkey FOREIGN KEY (customer_id, check_id) REFERENCES credit_checks(customer_id, check_id);
ALTER TABLE run_rows ADD CONSTRAINT run_rows_run_id_fkey FOREIGN KEY (run_id) REFERENCES runs(run_id);
ALTER TABLE securities ADD CONSTRAINT securities_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers(customer_id);
ALTER TABLE shadow_assessments ADD CONSTRAINT shadow_assessments_customer_id_assessment_id_fkey FOREIGN KEY (customer_id, assessment_id) REFERENCES assessments(customer_id, assessment_id);
ALTER TABLE statements ADD CONSTRAINT statements_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers(customer_id);

CREATE TRIGGER assessments_are_append_only BEFORE DELETE OR UPDATE ON assessments FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER assessments_are_not_truncated BEFORE TRUNCATE ON assessments FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER credit_checks_are_append_only BEFORE DELETE OR UPDATE ON credit_checks FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER credit_checks_are_not_truncated BEFORE TRUNCATE ON credit_checks FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER journal_is_append_only BEFORE DELETE OR UPDATE ON journal FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER journal_is_not_truncated BEFORE TRUNCATE ON journal FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER model_events_are_append_only BEFORE DELETE OR UPDATE ON model_events FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER order_releases_are_append_only BEFORE DELETE OR UPDATE ON order_releases FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER order_releases_are_not_truncated BEFORE TRUNCATE ON order_releases FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER organisation_journal_is_append_only BEFORE DELETE OR UPDATE ON organisation_journal FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER organisation_journal_is_not_truncated BEFORE TRUNCATE ON organisation_journal FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER policies_are_append_only BEFORE DELETE OR UPDATE ON policies FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER policies_are_not_truncated BEFORE TRUNCATE ON policies FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER reconciliations_are_append_only BEFORE DELETE OR UPDATE ON reconciliations FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER run_rows_are_append_only BEFORE DELETE OR UPDATE ON run_rows FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER run_rows_are_not_truncated BEFORE TRUNCATE ON run_rows FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER scoring_models_never_change BEFORE DELETE OR UPDATE ON scoring_models FOR EACH ROW EXECUTE FUNCTION refuse_model_change();

CREATE TRIGGER shadow_assessments_are_append_only BEFORE DELETE OR UPDATE ON shadow_assessments FOR EACH ROW EXECUTE FUNCTION refuse_change();
