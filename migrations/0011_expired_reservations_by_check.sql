-- The list of what has timed out is read by check, newest first: a page of it costs as much as the page.
create index reservations_expired_by_check on reservations (check_id) where state = 'expired';
