-- Models may declare inputs that the feature catalogue does not know, and a call gives their values. A run over the portfolio has no call: it
-- takes what the last one gave, with its day, from the newest assessment of the customer.
alter table assessments add column inputs text;

-- Which version of the importer made a model; null: it was not imported. Documents name it since the second. Those of the first are known by
-- what it wrote into every one; they stay as they are.
alter table scoring_models add column importer integer check (importer >= 1);
update scoring_models set importer = coalesce(
  (document::jsonb #>> '{origin,importer}')::integer,
  case when document::jsonb @> '{"evidence": [{"id": "any", "name": {"en": "Whatever is known"}}]}'
    or document::jsonb @> '{"cases": [{"name": "The best of everything"}]}' then 1 end);
