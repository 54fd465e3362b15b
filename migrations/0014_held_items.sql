-- An order that was recorded before its check is held by the reservation of that check: nothing of the item counts beside it. When the
-- reservation expires or is released, what is open of the item counts again, so an order that is still open is never left out. Until now such an
-- item was closed; what was closed stays closed until the caller's system tells of it again.
alter table exposure_items
  add column held_by    text,
  -- When that reservation expires, which never changes: from then on it holds nothing, whether or not anybody has ended it.
  add column held_until timestamptz;
alter table exposure_items drop constraint exposure_items_state_check;
alter table exposure_items add constraint exposure_items_state_check check (state in ('open', 'held', 'converted', 'closed'));
alter table exposure_items drop constraint exposure_items_check5;
alter table exposure_items
  add constraint exposure_items_ended_check check (state in ('open', 'held') or (open_minor = 0 and open_original_minor = 0)),
  add constraint exposure_items_held_check check (case when state = 'held' then num_nulls(held_by, held_until) = 0 and category = 'order' and not statistical
    else num_nonnulls(held_by, held_until) = 0 end),
  add foreign key (customer_id, held_by) references reservations (customer_id, check_id);

-- Whatever ends a reservation asks for the items that it holds.
create index exposure_items_held on exposure_items (customer_id, held_by) where state = 'held';
