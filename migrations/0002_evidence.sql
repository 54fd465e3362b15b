-- Evidence about a customer from outside the ledger: what agencies, banks, suppliers and registers say, and what was seen on the spot.
--
-- An item is never changed, because assessments rest on it: what was recorded in error is withdrawn with a reason, and stays to be seen.

create table evidence (
  customer_id       text not null references customers,
  evidence_id       text not null,
  kind              text not null check (kind in ('agency_report', 'bank_reference', 'trade_reference', 'court_record', 'tax_record',
    'insolvency_record', 'loan_record', 'site_visit', 'interview', 'qualitative')),
  observed_on       date not null,
  valid_until       date,
  source            text not null,
  facts             jsonb not null,
  recorded_by       text not null,
  recorded_at       timestamptz not null,
  withdrawal_reason text,
  withdrawn_by      text,
  withdrawn_at      timestamptz,
  version           integer not null check (version >= 1),
  primary key (customer_id, evidence_id),
  check (valid_until >= observed_on),
  check ((withdrawal_reason is null) = (withdrawn_at is null)),
  check ((withdrawn_by is null) = (withdrawn_at is null))
);
