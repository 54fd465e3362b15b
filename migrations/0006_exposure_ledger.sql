-- The exposure ledger: what the ERP keeps as orders, deliveries and special items, rates to convert it, what secures it, and how the ERP's own
-- open items are reconciled with it.
--
-- The account keeps one sum for each category, moved by journal entries like its other amounts.

alter table credit_accounts
  -- Open items by category, in the account's currency; those that are only shown (statistical) are left out.
  add column orders_minor bigint not null default 0 check (orders_minor >= 0),
  add column deliveries_minor bigint not null default 0 check (deliveries_minor >= 0),
  -- Below zero where a down payment outweighs the rest.
  add column special_minor bigint not null default 0,
  -- What the open items say on one day. Null from a change of the facts on, until somebody computes it again.
  add column situation text,
  add column situation_on date,
  -- The instant of the newest snapshot of the ERP that was applied.
  add column reconciled_at timestamptz,
  add check ((situation is null) = (situation_on is null));

alter table invoices
  add column dunning_level integer not null default 0 check (dunning_level between 0 and 9),
  -- The version that the caller's system gave the document; null where it states none.
  add column source_version bigint check (source_version >= 1);

-- When the goods of the order leave: what lies beyond a horizon may be left out of a check.
alter table reservations add column ship_on date;

-- What the ERP's snapshot says is settled, without saying how: it settles, and tells nothing about how the customer pays.
alter table credits drop constraint credits_kind_check;
alter table credits add constraint credits_kind_check check (kind in ('payment', 'credit_note', 'adjustment'));

-- How late a customer pays is read from what was settled within a year, however long its history is.
create index allocations_by_settlement on allocations (customer_id, settled_on) where kind = 'payment';

create table exchange_rates (
  -- One unit of base costs this many units of quote on a day. numeric admits NaN and Infinity, which sort above every number.
  base        text not null check (base ~ '^[A-Z]{3}$'),
  quote       text not null check (quote ~ '^[A-Z]{3}$'),
  rate_on     date not null,
  rate        numeric not null check (rate > 0 and rate < 'Infinity'::numeric),
  source      text not null,
  recorded_by text not null,
  recorded_at timestamptz not null,
  updated_at  timestamptz not null,
  version     integer not null check (version >= 1),
  primary key (base, quote, rate_on),
  check (base <> quote)
);

create table exposure_items (
  -- A document of the ERP that the customer owes or may come to owe for, and that is not an invoice yet.
  customer_id         text not null references customers,
  source              text not null,
  item_id             text not null,
  category            text not null check (category in ('order', 'delivery', 'special')),
  state               text not null check (state in ('open', 'converted', 'closed')),
  -- The whole document, and what of it still counts, in the account's currency.
  amount_minor        bigint not null check (category = 'special' or amount_minor >= 0),
  open_minor          bigint not null check (open_minor between least(amount_minor, 0) and greatest(amount_minor, 0)),
  -- The same in the document's own currency. Without a rate it is the account's.
  original_currency   text not null check (original_currency ~ '^[A-Z]{3}$'),
  original_minor      bigint not null,
  open_original_minor bigint not null check (open_original_minor between least(original_minor, 0) and greatest(original_minor, 0)),
  rate                numeric check (rate > 0 and rate < 'Infinity'::numeric),
  rate_on             date,
  -- Whether the rate was given from the document's currency to the account's, or the other way round.
  rate_basis          text check (rate_basis in ('direct', 'inverse')),
  due_on              date,
  ship_on             date,
  disputed            boolean not null,
  -- Shown, but not counted.
  statistical         boolean not null,
  source_version      bigint not null check (source_version >= 1),
  version             integer not null check (version >= 1),
  recorded_at         timestamptz not null,
  updated_at          timestamptz not null,
  primary key (customer_id, source, item_id),
  check ((rate is null) = (rate_on is null)),
  check ((rate is null) = (rate_basis is null)),
  check (state = 'open' or (open_minor = 0 and open_original_minor = 0))
);
-- Only what is open is aged by a credit check.
create index exposure_items_open on exposure_items (customer_id, category, ship_on) where state = 'open';

create table exposure_conversions (
  -- What a document was made from: an order or a reservation became a delivery, a delivery an invoice. Amounts are those that moved.
  customer_id    text not null,
  to_kind        text not null check (to_kind in ('item', 'invoice')),
  to_source      text not null,
  to_id          text not null,
  from_kind      text not null check (from_kind in ('item', 'check')),
  from_source    text not null,
  from_id        text not null,
  -- In the account's currency, and in that of the document that it was taken from.
  amount_minor   bigint not null,
  original_minor bigint not null,
  converted_at   timestamptz not null,
  primary key (customer_id, to_kind, to_source, to_id, from_kind, from_source, from_id),
  foreign key (customer_id) references customers
);
create index exposure_conversions_by_origin on exposure_conversions (customer_id, from_kind, from_source, from_id);

create table securities (
  -- What covers a part of the exposure while it is in force.
  customer_id       text not null references customers,
  security_id       text not null,
  kind              text not null check (kind in ('insurance', 'guarantee', 'deposit', 'collateral')),
  provider          text not null,
  amount_minor      bigint not null check (amount_minor > 0),
  -- Not NaN either: it sorts above 1.
  cover_share       double precision not null check (cover_share > 0 and cover_share <= 1),
  valid_from        date not null,
  valid_until       date check (valid_until >= valid_from),
  -- New credit waits while a required security is not in force.
  required          boolean not null,
  recorded_at       timestamptz not null,
  updated_at        timestamptz not null,
  withdrawal_reason text,
  withdrawn_by      text,
  withdrawn_at      timestamptz,
  version           integer not null check (version >= 1),
  primary key (customer_id, security_id),
  check ((withdrawal_reason is null) = (withdrawn_at is null)),
  check ((withdrawn_by is null) = (withdrawn_at is null))
);

create table reconciliations (
  -- One snapshot of the ERP's open items, and how it differed from what was recorded.
  customer_id       text not null references customers,
  reconciliation_id text not null,
  source            text not null,
  snapshot_at       timestamptz not null,
  applied           boolean not null,
  made_by           text not null,
  made_at           timestamptz not null,
  -- As it was answered.
  document          text not null,
  primary key (customer_id, reconciliation_id)
);
create index reconciliations_applied on reconciliations (customer_id, source, snapshot_at) where applied;
create trigger reconciliations_are_append_only before update or delete on reconciliations for each row execute function refuse_change();
