-- A decision about an order reads the credit account alone: when the next reservation may have to expire stands there as well, so that
-- a check need not look for due ones. A lower bound: a reservation that ended early leaves it as it was, and the next sweep moves it on.
alter table credit_accounts add column reservations_due_at timestamptz;

update credit_accounts set reservations_due_at = due.expires_at
from (select customer_id, min(expires_at) as expires_at from reservations where state = 'active' group by customer_id) as due
where due.customer_id = credit_accounts.customer_id;

-- The stored answer to a credit check is the check's document with what became of the reservation behind it: the document is kept once, and
-- `body` holds what follows it.
alter table idempotency_keys add column check_id text;

-- Documents of some kilobytes are compressed when they are written, and by lz4 in a fraction of the time. Not every server was built with it.
do $$
begin
  alter table journal alter column payload set compression lz4;
  alter table credit_checks alter column document set compression lz4;
exception when feature_not_supported then
  null;
end $$;
