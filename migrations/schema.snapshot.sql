-- What the migrations add up to. Generated: `npm run schema`.

CREATE OR REPLACE FUNCTION refuse_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception '% is append-only: % refused', tg_table_name, tg_op using errcode = 'restrict_violation';
end $function$;

CREATE TABLE allocations (
  customer_id text NOT NULL,
  kind text NOT NULL,
  credit_id text NOT NULL,
  invoice_id text NOT NULL,
  amount_minor bigint NOT NULL,
  settled_on date NOT NULL,
  CONSTRAINT allocations_pkey PRIMARY KEY (customer_id, kind, credit_id, invoice_id),
  CONSTRAINT allocations_amount_minor_check CHECK ((amount_minor > 0))
);

CREATE TABLE api_keys (
  key_id text NOT NULL,
  name text NOT NULL,
  secret_hash text NOT NULL,
  scopes text[] NOT NULL,
  created_at timestamp with time zone NOT NULL,
  expires_at timestamp with time zone,
  revoked_at timestamp with time zone,
  CONSTRAINT api_keys_pkey PRIMARY KEY (key_id),
  CONSTRAINT api_keys_scopes_check CHECK (((cardinality(scopes) > 0) AND (scopes <@ ARRAY['admin'::text, 'write'::text, 'check'::text, 'read'::text]))),
  CONSTRAINT api_keys_secret_hash_check CHECK ((length(secret_hash) = 64))
);

CREATE TABLE assessments (
  customer_id text NOT NULL,
  assessment_id text NOT NULL,
  as_of date NOT NULL,
  made_at timestamp with time zone NOT NULL,
  model_id text NOT NULL,
  model_version integer NOT NULL,
  status text NOT NULL,
  grade text,
  document jsonb NOT NULL,
  CONSTRAINT assessments_pkey PRIMARY KEY (customer_id, assessment_id),
  CONSTRAINT assessments_status_check CHECK ((status = ANY (ARRAY['rated'::text, 'unrated'::text])))
);

CREATE TABLE captures (
  customer_id text NOT NULL,
  invoice_id text NOT NULL,
  capture_id text NOT NULL,
  check_id text NOT NULL,
  amount_minor bigint NOT NULL,
  captured_at timestamp with time zone NOT NULL,
  invoiced_at timestamp with time zone,
  CONSTRAINT captures_pkey PRIMARY KEY (customer_id, invoice_id),
  CONSTRAINT captures_amount_minor_check CHECK ((amount_minor > 0))
);
CREATE INDEX captures_by_check ON captures USING btree (customer_id, check_id);

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
  CONSTRAINT credit_accounts_pkey PRIMARY KEY (customer_id),
  CONSTRAINT credit_accounts_captured_minor_check CHECK ((captured_minor >= 0)),
  CONSTRAINT credit_accounts_check CHECK (((limit_mode = 'limited'::text) OR (limit_minor = 0))),
  CONSTRAINT credit_accounts_check1 CHECK (((hold_reason IS NULL) = (hold_since IS NULL))),
  CONSTRAINT credit_accounts_check2 CHECK (((grade IS NULL) = (rating_valid_until IS NULL))),
  CONSTRAINT credit_accounts_currency_check CHECK ((currency ~ '^[A-Z]{3}$'::text)),
  CONSTRAINT credit_accounts_grade_check CHECK ((grade = ANY (ARRAY['AAA'::text, 'AA'::text, 'A'::text, 'BBB'::text, 'BB'::text, 'B'::text, 'CCC'::text, 'CC'::text, 'C'::text, 'D'::text]))),
  CONSTRAINT credit_accounts_journal_hash_check CHECK ((length(journal_hash) = 64)),
  CONSTRAINT credit_accounts_journal_seq_check CHECK ((journal_seq >= 0)),
  CONSTRAINT credit_accounts_limit_minor_check CHECK ((limit_minor >= 0)),
  CONSTRAINT credit_accounts_limit_mode_check CHECK ((limit_mode = ANY (ARRAY['none'::text, 'limited'::text, 'unlimited'::text, 'cash_only'::text]))),
  CONSTRAINT credit_accounts_reserved_minor_check CHECK ((reserved_minor >= 0)),
  CONSTRAINT credit_accounts_terms_days_check CHECK (((terms_days >= 0) AND (terms_days <= 365))),
  CONSTRAINT credit_accounts_version_check CHECK ((version >= 1))
);
CREATE INDEX credit_accounts_by_rating_time ON credit_accounts USING btree (rated_at) WHERE (rated_at IS NOT NULL);

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
  CONSTRAINT credits_pkey PRIMARY KEY (customer_id, kind, credit_id),
  CONSTRAINT credits_amount_minor_check CHECK ((amount_minor > 0)),
  CONSTRAINT credits_check CHECK (((unapplied_minor >= 0) AND (unapplied_minor <= amount_minor))),
  CONSTRAINT credits_kind_check CHECK ((kind = ANY (ARRAY['payment'::text, 'credit_note'::text])))
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

CREATE TABLE idempotency_keys (
  caller_id text NOT NULL,
  idempotency_key text NOT NULL,
  request text NOT NULL,
  status integer,
  headers text,
  body text,
  created_at timestamp with time zone NOT NULL,
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
  CONSTRAINT invoices_pkey PRIMARY KEY (customer_id, invoice_id),
  CONSTRAINT invoices_amount_minor_check CHECK ((amount_minor > 0)),
  CONSTRAINT invoices_check CHECK (((open_minor >= 0) AND (open_minor <= amount_minor))),
  CONSTRAINT invoices_check1 CHECK ((due_on >= issued_on)),
  CONSTRAINT invoices_version_check CHECK ((version >= 1))
);
CREATE INDEX invoices_open ON invoices USING btree (customer_id, due_on) WHERE (open_minor > 0);

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
  CONSTRAINT journal_pkey PRIMARY KEY (customer_id, seq),
  CONSTRAINT journal_hash_check CHECK ((length(hash) = 64)),
  CONSTRAINT journal_previous_hash_check CHECK ((length(previous_hash) = 64)),
  CONSTRAINT journal_seq_check CHECK ((seq >= 1))
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
ALTER TABLE assessments ADD CONSTRAINT assessments_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers(customer_id);
ALTER TABLE captures ADD CONSTRAINT captures_customer_id_check_id_fkey FOREIGN KEY (customer_id, check_id) REFERENCES reservations(customer_id, check_id);
ALTER TABLE credit_accounts ADD CONSTRAINT credit_accounts_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers(customer_id);
ALTER TABLE credit_checks ADD CONSTRAINT credit_checks_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers(customer_id);
ALTER TABLE credits ADD CONSTRAINT credits_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers(customer_id);
ALTER TABLE customer_identifiers ADD CONSTRAINT customer_identifiers_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers(customer_id);
ALTER TABLE invoices ADD CONSTRAINT invoices_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers(customer_id);
ALTER TABLE journal ADD CONSTRAINT journal_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers(customer_id);
ALTER TABLE limit_decisions ADD CONSTRAINT limit_decisions_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers(customer_id);
ALTER TABLE reservations ADD CONSTRAINT reservations_customer_id_check_id_fkey FOREIGN KEY (customer_id, check_id) REFERENCES credit_checks(customer_id, check_id);
ALTER TABLE statements ADD CONSTRAINT statements_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers(customer_id);

CREATE TRIGGER assessments_are_append_only BEFORE DELETE OR UPDATE ON assessments FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER credit_checks_are_append_only BEFORE DELETE OR UPDATE ON credit_checks FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER journal_is_append_only BEFORE DELETE OR UPDATE ON journal FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER journal_is_not_truncated BEFORE TRUNCATE ON journal FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
