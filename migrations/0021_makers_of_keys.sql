-- Who made a key, and since when it may approve: so that nobody approves what they proposed themselves, by whatever key.

alter table api_keys drop constraint api_keys_scopes_check;
alter table api_keys add constraint api_keys_scopes_check
  check (cardinality(scopes) > 0 and scopes <@ array['admin', 'write', 'read', 'check', 'documents', 'file', 'rates', 'limits', 'collateral',
    'holds', 'release', 'approve', 'models', 'policies', 'keys', 'audit']);

alter table api_keys
  -- The key that made it, or `operator`.
  add column made_by text,
  -- The first key of those that were rotated into each other: all of them are one.
  add column seat_id text references api_keys,
  -- Since when it may approve, and who said so; null: it may not.
  add column confirmed_at timestamptz,
  add column confirmed_by text,
  -- To the minute; null: it was not used since this was kept.
  add column last_used_at timestamptz,
  add check ((confirmed_at is null) = (confirmed_by is null));

-- Whoever had the first admin key can have made all others. That one was made by the first start; the others are confirmed by `npm run keys`.
update api_keys set
  seat_id = key_id,
  made_by = coalesce(nullif(first_id, key_id), 'operator'),
  confirmed_at = case when key_id = first_id then created_at end,
  confirmed_by = case when key_id = first_id then 'operator' end
from (select min(key_id) as first_id from api_keys where 'admin' = any(scopes)) as first;

alter table api_keys alter column seat_id set not null, alter column made_by set not null;
-- Everybody who has set the hold since there is one, not only the last: whoever gives it another reason has not become the one who set it.
alter table credit_accounts add column hold_setters text;

-- An approval where one person has to do says so; null: it was that of a second one.
alter table model_events add column one_person boolean;

create index api_keys_by_seat on api_keys (seat_id);
create index api_keys_by_person on api_keys (person_id) where person_id is not null;
