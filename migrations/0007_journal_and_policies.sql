-- The journal as a feed of events, and every policy version that ever decided.
--
-- A reader that follows the journal must miss no entry of a transaction that commits late. So each entry carries a position, and readers see
-- only positions below that of the oldest transaction still under way (feed_horizon). A position is
--   * not below the id of the transaction that wrote the entry: while that is under way, no reader gets past it;
--   * not below the last transaction that had ended when the entry was written. An account's entries are written one after the other under
--     its lock, but a transaction may have got its id long before it got the lock: so positions never run back along a chain.
-- Both are 64-bit and never wrap. They are no part of the hash: they say when a reader may see the entry, not what it says.

-- Ids of transactions start low again where a dump is restored into a new cluster: the service replaces this constant at its start when the
-- journal is ahead of the server. A function, because the planner folds it into the statement: a row would be looked up for each entry.
create function feed_base() returns bigint language sql immutable return 0::bigint;

create function feed_position() returns bigint language sql stable return
  greatest(pg_current_xact_id()::text::bigint, pg_snapshot_xmax(pg_current_snapshot())::text::bigint - 1) + feed_base();

create function feed_horizon() returns bigint language sql stable return
  pg_snapshot_xmin(pg_current_snapshot())::text::bigint + feed_base();

-- What stands in the journal already is long committed: it comes first, and the table is not rewritten for it.
alter table journal add column feed_position bigint not null default 0;
alter table journal alter column feed_position set default feed_position();
create index journal_in_feed_order on journal (feed_position, customer_id, seq);

create table policies (
  -- Canonical JSON (RFC 8785) and its digest. A version that was published never changes: decisions name it, and are replayed with it.
  policy_id  text not null,
  version    integer not null check (version >= 1),
  document   text not null,
  sha256     text not null check (length(sha256) = 64),
  created_at timestamptz not null,
  primary key (policy_id, version)
);
create trigger policies_are_append_only before update or delete on policies for each row execute function refuse_change();

-- The other tables that only grow are not emptied at a stroke either.
create trigger policies_are_not_truncated before truncate on policies for each statement execute function refuse_change();
create trigger credit_checks_are_not_truncated before truncate on credit_checks for each statement execute function refuse_change();
create trigger assessments_are_not_truncated before truncate on assessments for each statement execute function refuse_change();

-- Where pg-boss keeps the queues. Here, because the service works under a role that makes no schemas.
create schema if not exists pgboss;
