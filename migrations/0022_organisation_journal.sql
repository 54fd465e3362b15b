-- What happens to the organisation, beside what happens to its customers: its keys, models, policies, rates and settings. One chain of its own,
-- hashed as those of customers are, so that who may do what, and by which rules, is as provable as what was decided.
create table organisation_journal (
  seq           bigint primary key check (seq >= 1),
  at            timestamptz not null,
  type          text not null,
  actor         text not null,
  subject       text not null,
  payload       text not null,
  previous_hash text not null check (length(previous_hash) = 64),
  hash          text not null check (length(hash) = 64)
);
create trigger organisation_journal_is_append_only before update or delete on organisation_journal for each row execute function refuse_change();
create trigger organisation_journal_is_not_truncated before truncate on organisation_journal for each statement execute function refuse_change();

-- The head of that chain. Whoever adds to it holds this row until its commit: so entries appear in the order of their numbers, and a reader
-- who goes on from a number misses none. No decision touches it.
create table organisation_chain (
  only_row     boolean primary key default true check (only_row),
  journal_seq  bigint not null check (journal_seq >= 0),
  journal_hash text not null check (length(journal_hash) = 64),
  -- The settings as they were last recorded, as canonical JSON; null: none were.
  settings     text,
  updated_at   timestamptz
);
insert into organisation_chain (journal_seq, journal_hash) values (0, repeat('0', 64));
