-- Runs over the whole portfolio that score every customer anew and write only what changed.
--
-- A run advances in the transaction that writes what it found, so that neither a crash nor a second instance loses or repeats a customer.

create table rescoring_runs (
  run_id        text primary key,
  state         text not null check (state in ('queued', 'running', 'done', 'failed', 'cancelled')),
  -- Which customers it is about; null: all of them.
  kind          text check (kind in ('company', 'sole_trader', 'individual')),
  rated_before  timestamptz,
  requested_by  text not null,
  total         integer not null check (total >= 0),
  scored        integer not null check (scored >= 0),
  changed       integer not null check (changed between 0 and scored),
  unrated       integer not null check (unrated between 0 and scored),
  failed        integer not null check (failed >= 0),
  -- The first customers that could not be scored, with why.
  failures      jsonb not null,
  -- Everybody up to this customer is done, but for those that are still to be seen to one by one.
  cursor        text,
  pending       text[] not null,
  created_at    timestamptz not null,
  started_at    timestamptz,
  finished_at   timestamptz,
  failed_reason text,
  check ((state in ('queued', 'running')) = (finished_at is null)),
  check ((state = 'failed') = (failed_reason is not null))
);
-- Two runs at once would score everybody twice.
create unique index rescoring_runs_active on rescoring_runs ((true)) where state in ('queued', 'running');

-- What the model said, as one text to compare the next assessment with. Null in an assessment from before.
alter table assessments add column outcome text;
-- Documents are read whole and never searched: as text they are written in half the time, and come back as they were written.
alter table assessments alter column document type text using document::text;
