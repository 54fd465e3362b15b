-- A key may name the person who holds it. What it does is recorded as done by that person, and two keys of one person count as one.
alter table api_keys
  -- Null: the key acts for itself. It never changes: what was done under the key stays done by whom it says.
  add column person_id text check (person_id ~ '^per_[0-9a-hjkmnp-tv-z]{26}$');
