-- An invoice that is disputed or put off although it is overdue no longer counts as overdue. The day on which it was due is kept, so that a
-- decision can say what it would have been without that.
alter table invoices add column eased_due_on date;
create index invoices_eased on invoices (customer_id, eased_due_on) where open_minor > 0 and eased_due_on is not null;
