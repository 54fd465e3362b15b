-- What was converted keeps the rate that it states. When that rate is recorded anew with another value, its documents are shown to rest on what
-- was corrected, until they are valued anew. Corrected rates are few, and documents in other currencies are found by currency and day.
alter table exchange_rates add column corrected_at timestamptz;
create index exchange_rates_corrected on exchange_rates (base, quote) where corrected_at is not null;
create index invoices_converted on invoices (original_currency, rate_on, customer_id) where open_minor > 0 and rate is not null;
create index exposure_items_converted on exposure_items (original_currency, rate_on, customer_id) where state in ('open', 'held') and rate is not null;
