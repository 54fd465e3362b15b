-- Invoices, payments, credit notes and captures come in other currencies than that of their account, as orders and deliveries do. The account
-- counts what they were converted to; beside it stands what they were, with the rate and its day. All of it is null where a document is in the
-- account's currency, so that no row has to be written anew.
alter table invoices
  add column original_currency   text check (original_currency ~ '^[A-Z]{3}$'),
  add column original_minor      bigint check (original_minor > 0),
  add column open_original_minor bigint check (open_original_minor between 0 and original_minor),
  add column rate                numeric check (rate > 0 and rate < 'Infinity'::numeric),
  add column rate_on             date,
  add column rate_basis          text check (rate_basis in ('direct', 'inverse')),
  add check (num_nulls(original_currency, original_minor, open_original_minor, rate, rate_on, rate_basis) in (0, 6));

alter table credits
  add column original_currency        text check (original_currency ~ '^[A-Z]{3}$'),
  add column original_minor           bigint check (original_minor > 0),
  add column unapplied_original_minor bigint check (unapplied_original_minor between 0 and original_minor),
  add column rate                     numeric check (rate > 0 and rate < 'Infinity'::numeric),
  add column rate_on                  date,
  add column rate_basis               text check (rate_basis in ('direct', 'inverse')),
  add check (num_nulls(original_currency, original_minor, unapplied_original_minor, rate, rate_on, rate_basis) in (0, 6));

alter table captures
  add column original_currency text check (original_currency ~ '^[A-Z]{3}$'),
  add column original_minor    bigint check (original_minor > 0),
  add column rate              numeric check (rate > 0 and rate < 'Infinity'::numeric),
  add column rate_on           date,
  add column rate_basis        text check (rate_basis in ('direct', 'inverse')),
  add check (num_nulls(original_currency, original_minor, rate, rate_on, rate_basis) in (0, 5));

-- What an allocation settles, in the currency of the invoice, and what it uses, in that of the payment or credit note. Both are null where both
-- documents are in the account's currency: then amount_minor is either. The smallest part of a foreign invoice may be worth nothing.
alter table allocations
  add column settled_minor bigint check (settled_minor >= 0),
  add column used_minor    bigint check (used_minor >= 0),
  add check ((settled_minor is null) = (used_minor is null));
alter table allocations drop constraint allocations_amount_minor_check;
alter table allocations add constraint allocations_amount_minor_check check (amount_minor > 0 or settled_minor > 0);

-- A credit check asks whether an item of the ledger counts for its order already, which would count beside the reservation. Customers may have
-- thousands of open items: the answer costs one look into an index that holds nothing but open orders.
create index exposure_items_open_orders on exposure_items (customer_id, item_id)
  where category = 'order' and state = 'open' and not statistical;
