-- Deliveries of several orders are billed on one invoice: an invoice captures each reservation once, not one reservation alone. A capture is
-- known by its own id, as the journal names it.
alter table captures drop constraint captures_pkey;
alter table captures add primary key (customer_id, capture_id);
create unique index captures_once_by_invoice on captures (customer_id, invoice_id, check_id);
