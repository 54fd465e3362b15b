-- Orders that wait for a decision, the decisions of persons about them, reservations whose amount changes, and the nightly look at all open orders.

-- A person who may release an order.
alter table api_keys drop constraint api_keys_scopes_check;
alter table api_keys add constraint api_keys_scopes_check
  check (cardinality(scopes) > 0 and scopes <@ array['admin', 'write', 'release', 'check', 'read']);

alter table credit_accounts
  -- Orders of the customer that are blocked and open: who has none is never looked at again.
  add column blocked_orders integer not null default 0 check (blocked_orders >= 0),
  -- Headroom may have risen at this instant, and the blocked orders were not decided again since. Written with what raised it.
  add column reevaluation_due_at timestamptz,
  -- How far the blocked orders were decided again that became due at that instant, where they were too many for one transaction.
  add column reevaluation_place text;
create index credit_accounts_by_reevaluation on credit_accounts (reevaluation_due_at) where reevaluation_due_at is not null;
-- Reservations of customers who order nothing any more expire as well.
create index credit_accounts_by_due_reservation on credit_accounts (reservations_due_at) where reservations_due_at is not null;

alter table reservations
  -- Since when the order would not pass any more if it were decided anew.
  add column at_risk_since timestamptz;
-- What has expired since somebody asked last.
create index reservations_expired on reservations (resolved_at) where state = 'expired';

create table order_releases (
  -- A person's documented decision that an order may pass in spite of the steps that it exempts.
  customer_id      text not null,
  release_id       text not null,
  order_id         text not null,
  -- The check that the person looked at.
  check_id         text not null,
  exempts          text[] not null,
  -- The order with the tolerance.
  amount_max_minor bigint not null check (amount_max_minor > 0),
  valid_until      timestamptz not null,
  reason_code      text not null,
  comment          text not null,
  decided_by       text not null,
  decided_at       timestamptz not null,
  primary key (customer_id, release_id),
  foreign key (customer_id, check_id) references credit_checks
);
create trigger order_releases_are_append_only before update or delete on order_releases for each row execute function refuse_change();
create trigger order_releases_are_not_truncated before truncate on order_releases for each statement execute function refuse_change();

create table blocked_orders (
  -- An order whose check was not approved, one row for each: at most one block is open. What was before stands in the journal.
  customer_id   text not null,
  order_id      text not null,
  -- The check that stands in the way: the last one.
  check_id      text not null,
  state         text not null check (state in ('open', 'approved', 'released', 'rejected', 'withdrawn', 'lapsed')),
  -- Whether it is decided again by itself; otherwise only a person ends it, or a new check of the order.
  automatic     boolean not null,
  amount_minor  bigint not null check (amount_minor > 0),
  -- The order as it was asked about, to decide it again.
  request       text not null,
  -- The key that asked: it may not release the order itself.
  asked_by      text not null,
  -- Its place among those that wait; a new check of the same order keeps it.
  opened_at     timestamptz not null,
  -- The check that opened it: many are decided in one instant, one after the other.
  first_check_id text not null,
  valid_until   timestamptz not null,
  closed_at     timestamptz,
  closed_by     text,
  -- The check that approved it in the end.
  next_check_id text,
  -- The last release of the order; a rejection ends it.
  release_id    text,
  -- Of a person's decision.
  reason_code   text,
  comment       text,
  version       integer not null check (version >= 1),
  primary key (customer_id, order_id),
  foreign key (customer_id, check_id) references credit_checks,
  foreign key (customer_id, release_id) references order_releases,
  check ((state = 'open') = (closed_at is null)),
  check ((closed_by is null) = (closed_at is null))
);
create index blocked_orders_queue on blocked_orders (customer_id, opened_at, first_check_id) where state = 'open' and automatic;
create index blocked_orders_by_end on blocked_orders (customer_id, valid_until) where state = 'open';
create index blocked_orders_by_age on blocked_orders (state, opened_at, customer_id, order_id);

create table recheck_runs (
  -- Runs over all open orders that say which would not pass any more.
  run_id        text primary key,
  state         text not null check (state in ('queued', 'running', 'done', 'failed')),
  -- The day that a run of the schedule is for; null: somebody asked for it.
  scheduled_on  date,
  requested_by  text not null,
  customers     integer not null check (customers >= 0),
  orders        integer not null check (orders >= 0),
  at_risk       integer not null check (at_risk between 0 and orders),
  approved      integer not null check (approved >= 0),
  -- The first orders that would not pass, with why.
  findings      jsonb not null,
  -- Where it stands: this reservation of this customer was the last.
  cursor        text,
  check_cursor  text,
  created_at    timestamptz not null,
  started_at    timestamptz,
  finished_at   timestamptz,
  failed_reason text,
  check ((state in ('queued', 'running')) = (finished_at is null)),
  check ((state = 'failed') = (failed_reason is not null))
);
create unique index recheck_runs_active on recheck_runs ((true)) where state in ('queued', 'running');
create unique index recheck_runs_by_day on recheck_runs (scheduled_on) where scheduled_on is not null;
