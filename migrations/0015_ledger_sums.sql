-- How a customer pays followed from all its invoices and settlements, so every assessment, limit and check took longer as the history grew.
-- Now what an account's ledger adds up to is kept by day, in the statement that writes an invoice or what settles one. The engine's
-- `LedgerTotals` defines each figure. They count what is recorded, whatever its date: readers leave out what is dated after their day.
create table ledger_days (
  customer_id          text    not null references customers,
  day                  date    not null,
  -- Of the invoices issued on the day; `credited_minor` is what credit notes settled of them.
  invoices             bigint  not null,
  invoiced_minor       numeric not null,
  disputed_minor       numeric not null,
  credited_minor       numeric not null,
  -- Of the payments of the day, each cut to what was open of its invoice; `paid_minor_days` is amount times days late.
  paid_minor           numeric not null,
  paid_minor_days      numeric not null,
  -- Of the invoices whose last part was settled on the day.
  closed               bigint  not null,
  closed_minor         numeric not null,
  closed_late          bigint  not null,
  closed_paid          bigint  not null,
  closed_in_parts      bigint  not null,
  -- What the day adds to the balance of the invoices that are settled in full, as far as payments settled them.
  balance_minor        numeric not null,
  -- Of the invoices due on the day what no settlement covers; `undisputed` is the number of those that are not disputed.
  unsettled_minor      numeric not null,
  undisputed_minor     numeric not null,
  undisputed           bigint  not null,
  -- The same as the invoices themselves say what is open of them, and the payments of the day as they were allocated.
  open_minor           numeric not null,
  open_disputed_minor  numeric not null,
  received_minor       numeric not null,
  received_minor_days  numeric not null,
  primary key (customer_id, day)
);

-- How many payments of a day came so many days late. A maximum could not be taken back; a number can.
create table late_payments (
  customer_id text    not null references customers,
  settled_on  date    not null,
  days_late   integer not null check (days_late > 0),
  payments    bigint  not null,
  primary key (customer_id, settled_on, days_late)
);

-- Invoices of which something is dated after the day on which it was recorded, as a document from further east is: they count from
-- `counts_from` on. A row whose day has come says nothing any more.
create table ledger_ahead (
  customer_id text not null references customers,
  counts_from date not null,
  invoice_id  text not null,
  primary key (customer_id, counts_from, invoice_id)
);

-- Makes the sums of one customer anew from the invoices and what settles them.
create function rebuild_ledger(customer text) returns void language plpgsql as $$
begin
  perform from credit_accounts where customer_id = customer for no key update;
  delete from ledger_days where customer_id = customer;
  delete from late_payments where customer_id = customer;
  delete from ledger_ahead where customer_id = customer;
  with settlements as materialized (
    select invoice_id, issued_on, due_on, invoices.amount_minor as whole_minor, settled_on, kind = 'payment' as is_paid,
      allocations.amount_minor as given_minor, greatest(settled_on - due_on, 0) as days_late,
      sum(allocations.amount_minor) over (
        partition by invoice_id order by settled_on, kind <> 'payment', allocations.amount_minor rows unbounded preceding
      ) as until_minor
    from allocations join invoices using (customer_id, invoice_id)
    where customer_id = customer
  ), parts as materialized (
    select invoice_id, issued_on, settled_on, is_paid, days_late,
      least(until_minor, whole_minor) - (until_minor - given_minor) as minor
    from settlements where given_minor > 0 and until_minor - given_minor < whole_minor
  ), ledger as materialized (
    select invoice_id, issued_on, due_on, disputed, amount_minor, open_minor, credited_minor, last_on, first_paid_on, last_paid_on,
      amount_minor - coalesce(settled_minor, 0) as unsettled_minor
    from invoices left join (
      select invoice_id, sum(minor) as settled_minor, sum(minor) filter (where not is_paid) as credited_minor,
        max(settled_on) as last_on, min(settled_on) filter (where is_paid) as first_paid_on,
        max(settled_on) filter (where is_paid) as last_paid_on
      from parts group by invoice_id
    ) as settled using (invoice_id)
    where customer_id = customer
  ), issued as (
    select issued_on as day, count(*) as invoices, sum(amount_minor) as invoiced_minor,
      sum(amount_minor) filter (where disputed) as disputed_minor, sum(credited_minor) as credited_minor
    from ledger group by issued_on
  ), paid as (
    select settled_on as day, sum(minor) as paid_minor, sum(minor * days_late) as paid_minor_days
    from parts where is_paid group by settled_on
  ), closed as (
    select last_on as day, count(*) as closed, sum(amount_minor) as closed_minor,
      count(*) filter (where last_paid_on > due_on) as closed_late, count(last_paid_on) as closed_paid,
      count(*) filter (where first_paid_on < last_paid_on) as closed_in_parts
    from ledger where unsettled_minor = 0 group by last_on
  ), balance as (
    select day, sum(change) as balance_minor
    from parts join ledger using (invoice_id)
    cross join lateral (values (parts.issued_on, minor), (parts.settled_on, -minor)) as changes (day, change)
    where is_paid and unsettled_minor = 0 group by day
  ), due as (
    select due_on as day, sum(unsettled_minor) as unsettled_minor,
      sum(unsettled_minor) filter (where not disputed) as undisputed_minor,
      count(*) filter (where unsettled_minor > 0 and not disputed) as undisputed,
      sum(open_minor) as open_minor, sum(open_minor) filter (where disputed) as open_disputed_minor
    from ledger where unsettled_minor > 0 or open_minor > 0 group by due_on
  ), received as (
    select settled_on as day, sum(given_minor) as received_minor, sum(given_minor::numeric * days_late) as received_minor_days
    from settlements where is_paid group by settled_on
  ), late as (
    insert into late_payments (customer_id, settled_on, days_late, payments)
    select customer, settled_on, days_late, count(*) from parts where is_paid and days_late > 0 group by settled_on, days_late
  ), ahead as (
    insert into ledger_ahead (customer_id, counts_from, invoice_id)
    select customer, day, invoice_id from (
      select issued_on as day, invoice_id from ledger union select settled_on, invoice_id from settlements
    ) as dated
    -- The day of the last change, wherever the service stands: what is dated after it may be dated ahead.
    where day >= (select (updated_at at time zone 'UTC')::date from credit_accounts where customer_id = customer)
  )
  insert into ledger_days (customer_id, day, invoices, invoiced_minor, disputed_minor, credited_minor, paid_minor, paid_minor_days,
    closed, closed_minor, closed_late, closed_paid, closed_in_parts, balance_minor, unsettled_minor, undisputed_minor, undisputed,
    open_minor, open_disputed_minor, received_minor, received_minor_days)
  select customer, day, coalesce(invoices, 0), coalesce(invoiced_minor, 0), coalesce(disputed_minor, 0), coalesce(credited_minor, 0),
    coalesce(paid_minor, 0), coalesce(paid_minor_days, 0), coalesce(closed, 0), coalesce(closed_minor, 0), coalesce(closed_late, 0),
    coalesce(closed_paid, 0), coalesce(closed_in_parts, 0), coalesce(balance_minor, 0), coalesce(unsettled_minor, 0),
    coalesce(undisputed_minor, 0), coalesce(undisputed, 0), coalesce(open_minor, 0), coalesce(open_disputed_minor, 0),
    coalesce(received_minor, 0), coalesce(received_minor_days, 0)
  from issued full join paid using (day) full join closed using (day) full join balance using (day) full join due using (day)
    full join received using (day);
end $$;

select rebuild_ledger(customer_id) from (select distinct customer_id from invoices) as customers;

-- An invoice that changes is taken out of the sums as it was, with what settled it. Its id comes first, so that the look-ups of a
-- credit cannot be led this way.
create index allocations_by_invoice on allocations (invoice_id, customer_id);
drop index allocations_by_settlement;
create index invoices_open_by_id on invoices (customer_id, invoice_id) where open_minor > 0;
-- Money without instructions settles the oldest due first, page by page.
drop index invoices_open;
create index invoices_open on invoices (customer_id, due_on, invoice_id) where open_minor > 0;
-- The largest open item of a due date, and whether one of a date is large enough to count.
create index invoices_open_by_size on invoices (customer_id, due_on, open_minor) where open_minor > 0 and not disputed;
create index invoices_dunned on invoices (customer_id, dunning_level) where open_minor > 0 and not disputed and dunning_level > 0;
