-- What somebody asked for that another one has to approve, of whatever kind, in one list.
create table change_requests (
  change_request_id text primary key,
  -- The code names the kinds: a new one needs no migration.
  kind              text not null,
  -- What would change: a limit decision, a customer, a security, a key.
  subject           text not null,
  -- Null: it is about no customer.
  customer_id       text references customers,
  -- Canonical JSON of what is asked for, and its digest: what is approved is what was proposed.
  payload           text not null,
  digest            text not null check (length(digest) = 64),
  made_by           text not null,
  made_at           timestamptz not null,
  state             text not null check (state in ('open', 'applied', 'rejected', 'withdrawn')),
  -- Who decided, when, and in which words.
  approvals         jsonb not null,
  closed_at         timestamptz,
  version           integer not null check (version >= 1),
  check ((state = 'open') = (closed_at is null))
);
-- The same is asked for once at a time.
create unique index change_requests_open on change_requests (kind, subject, digest) where state = 'open';
create index change_requests_by_state on change_requests (state, change_request_id);
create index change_requests_by_customer on change_requests (customer_id, change_request_id) where customer_id is not null;

-- Limits that wait for an approval already.
insert into change_requests
select 'chg' || substr(limit_decision_id, 4), 'limit', limit_decision_id, customer_id, payload, encode(sha256(convert_to(payload, 'UTF8')), 'hex'),
  proposed_by, proposed_at, 'open', '[]', null, 1
from limit_decisions cross join lateral (
  select '{"customerId":"' || customer_id || '","limitDecisionId":"' || limit_decision_id || '"}' as payload) as asked
where state = 'proposed';
