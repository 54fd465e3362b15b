-- An early-payment discount settles a part of an invoice without money: a kind of its own beside credit notes, earned by money that came in time.
alter table credits drop constraint credits_kind_check;
alter table credits add constraint credits_kind_check check (kind in ('payment', 'credit_note', 'adjustment', 'discount'));
