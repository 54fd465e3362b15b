-- What a document takes over never exceeds the document. Until now an invoice of 1.00 could take over a reservation of 50,000, and nothing
-- counted any more of the rest. What a capture holds beyond the document that took it over counts on as captured, and is named here.
alter table captures
  alter column invoice_id drop not null,
  -- Of what became an exposure item: its system and number.
  add column item_source    text,
  add column item_id        text,
  -- What of it still counts as captured beside its document. Null: it waits for that, or the document took over all of it without any bound.
  add column excess_minor   bigint,
  -- What another document took over of that, and what a person ended.
  add column passed_minor   bigint not null default 0,
  add column released_minor bigint not null default 0,
  add constraint captures_target_check check (num_nonnulls(invoice_id, item_id) = 1 and num_nulls(item_source, item_id) in (0, 2)),
  add constraint captures_parts_check
    check (passed_minor >= 0 and released_minor >= 0 and coalesce(excess_minor, 0) between 0 and amount_minor - passed_minor - released_minor);

-- Another document that names the check takes from these first.
create index captures_in_excess on captures (customer_id, check_id) where excess_minor > 0;
create index captures_by_item on captures (customer_id, item_source, item_id) where item_id is not null;

-- Whether the amount was held against the document that took it over. False: it was taken before there was a bound.
alter table exposure_conversions add column bounded boolean not null default false;
