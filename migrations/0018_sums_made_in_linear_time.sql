-- The sums of a customer whose rows nothing had counted yet, such as one of a million invoices just after an import, were made anew by
-- going through all of its settlements for each of its invoices. Its statement joins lists of one size, whatever is known of the tables.
alter function rebuild_ledger(text) set enable_nestloop = off;
