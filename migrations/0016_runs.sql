-- All long runs stand in one table, whatever they are about, and what they come to in rows that can be read while they work. Until now the
-- runs over open orders and those over the portfolio had a table each, with their results as one value that was written anew at each step.
create table runs (
  run_id        text primary key,
  -- The code names the kinds: a new one needs no migration.
  kind          text not null,
  state         text not null check (state in ('queued', 'running', 'done', 'failed', 'cancelled')),
  -- The day that a run of the schedule is for; null: somebody asked for it.
  scheduled_on  date,
  requested_by  text not null,
  -- What it is about, how far it is and where it stands, each in the words of its kind.
  parameters    jsonb not null,
  counts        jsonb not null,
  cursor        jsonb,
  -- So many steps were made. A step is made on condition that none was made since the run was read.
  steps         integer not null check (steps >= 0),
  row_count     integer not null check (row_count >= 0),
  created_at    timestamptz not null,
  started_at    timestamptz,
  finished_at   timestamptz,
  failed_reason text,
  check ((state in ('queued', 'running')) = (finished_at is null)),
  check ((state = 'failed') = (failed_reason is not null))
);
-- Two runs of a kind at once would do everything twice.
create unique index runs_active on runs (kind) where state in ('queued', 'running');
create unique index runs_by_day on runs (kind, scheduled_on) where scheduled_on is not null;
create index runs_by_kind on runs (kind, run_id);

create table run_rows (
  run_id  text not null references runs,
  -- Whether it says why the subject was passed over; otherwise it is a result.
  failed  boolean not null,
  -- In the order in which the rows of a run came.
  place   integer not null check (place > 0),
  -- Whom or what it is about: mostly a customer.
  subject text not null,
  content jsonb not null,
  primary key (run_id, failed, place)
);
create trigger run_rows_are_append_only before update or delete on run_rows for each row execute function refuse_change();
create trigger run_rows_are_not_truncated before truncate on run_rows for each statement execute function refuse_change();

insert into runs (run_id, kind, state, scheduled_on, requested_by, parameters, counts, cursor, steps, row_count, created_at, started_at, finished_at, failed_reason)
select run_id, 'rescoring', state, null, requested_by,
  jsonb_build_object('kind', kind, 'ratedBefore', to_char(rated_before at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')),
  jsonb_build_object('total', total, 'scored', scored, 'changed', changed, 'unrated', unrated, 'failed', failed),
  -- Batches have 500 customers, unless the files of those before were large.
  case when cursor is not null then jsonb_build_object('customerId', cursor, 'pending', to_jsonb(pending), 'size', 500) end,
  0, jsonb_array_length(failures), created_at, started_at, finished_at, failed_reason
from rescoring_runs
union all
select run_id, 'recheck', state, scheduled_on, requested_by, '{}',
  jsonb_build_object('customers', customers, 'orders', orders, 'atRisk', at_risk, 'approved', approved, 'failed', failed),
  case when cursor is not null then jsonb_build_object('customerId', cursor, 'checkId', check_cursor) end,
  0, jsonb_array_length(findings) + jsonb_array_length(failures), created_at, started_at, finished_at, failed_reason
from recheck_runs;

insert into run_rows (run_id, failed, place, subject, content)
select run_id, failed, row_number() over (partition by run_id order by failed, position), value ->> 'customerId', value - 'customerId'
from (
  select run_id, true as failed, failures as listed from rescoring_runs
  union all select run_id, false, findings from recheck_runs
  union all select run_id, true, failures from recheck_runs
) as each cross join lateral jsonb_array_elements(listed) with ordinality as element (value, position);

drop table rescoring_runs;
drop table recheck_runs;
