-- A customer who cannot be looked at is counted in the run over all open orders, instead of ending it.
alter table recheck_runs
  add column failed integer not null default 0 check (failed >= 0),
  -- The first of them, with why.
  add column failures jsonb not null default '[]';
