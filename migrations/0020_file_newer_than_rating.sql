-- A rating speaks of the file as it was when it was made. What comes onto the file afterwards, but for receivables, marks the account, so that
-- the next check knows without looking at the file. What came before this version is not marked: the next assessment reads it in any case.
alter table credit_accounts
  add column file_change     text check (file_change in ('other', 'knockout', 'knockout_withdrawn')),
  add column file_changed_at timestamptz,
  add check ((file_change is null) = (file_changed_at is null));
