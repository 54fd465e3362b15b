-- What money settles of an invoice counts as far as the money is worth it. Where a caller states both amounts, they are kept as stated, so that
-- what was cut is named wherever the settlement is read. Null: one was left to the service, or it was settled before there was a bound.
alter table allocations
  add column asked_used_minor    bigint,
  add column asked_settled_minor bigint,
  add constraint allocations_asked_check check (num_nulls(asked_used_minor, asked_settled_minor) in (0, 2));
