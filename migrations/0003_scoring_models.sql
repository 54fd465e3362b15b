-- Scoring models as data, with their life cycle, and what challengers say of the cases that the champion decides.
--
-- A version is written as a draft, approved by another key than its author's, and then decides (active) or runs beside the model that does
-- (shadow). From its approval on its document never changes: assessments name it.

create table scoring_models (
  model_id   text not null,
  version    integer not null check (version >= 1),
  segment    text not null check (segment in ('company', 'thin_file', 'sole_trader', 'individual')),
  state      text not null check (state in ('draft', 'approved', 'shadow', 'active', 'retired')),
  -- As it was written; the digest is that of its canonical form (RFC 8785), so that its layout does not count.
  document   text not null,
  sha256     text not null check (length(sha256) = 64),
  author     text not null,
  approver   text,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  -- Counts the changes of this row: what If-Match names.
  revision   integer not null check (revision >= 1),
  primary key (model_id, version),
  check ((approver is null) = (state = 'draft')),
  -- Four eyes; what came with the service was approved before it was shipped.
  check (approver <> author or author = 'shipped')
);
-- One model decides for each kind of customer.
create unique index scoring_models_active_by_segment on scoring_models (segment) where state = 'active';
-- Read by every assessment: the few that take part, whatever has been retired.
create index scoring_models_in_force on scoring_models (state) where state in ('active', 'shadow');

create table model_events (
  -- What became of each version, and who did it. Append-only.
  model_id text not null,
  version  integer not null,
  revision integer not null,
  event    text not null check (event in ('drafted', 'approved', 'shadowed', 'activated', 'retired', 'shipped')),
  at       timestamptz not null,
  actor    text not null,
  comment  text,
  sha256   text not null,
  primary key (model_id, version, revision),
  foreign key (model_id, version) references scoring_models
);

create table shadow_assessments (
  -- What a challenger says of a case, beside what the champion decided: kept here as well, so that the two are compared without reading
  -- whole documents. Neither ever changes.
  customer_id            text not null,
  assessment_id          text not null,
  model_id               text not null,
  model_version          integer not null,
  as_of                  date not null,
  status                 text not null check (status in ('rated', 'unrated', 'failed')),
  grade                  text,
  score                  double precision,
  pd                     double precision,
  champion_model_id      text not null,
  champion_model_version integer not null,
  champion_grade         text,
  champion_score         double precision,
  champion_pd            double precision,
  -- The whole working; null when the model failed.
  document               jsonb,
  primary key (customer_id, assessment_id, model_id, model_version),
  foreign key (customer_id, assessment_id) references assessments
);
create index shadow_assessments_by_model on shadow_assessments (model_id, model_version, as_of);

create function refuse_model_change() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' and old.state = 'draft' and (new.model_id, new.version) = (old.model_id, old.version) then
    return new;
  end if;
  if tg_op = 'UPDATE' and (new.model_id, new.version, new.segment, new.document, new.sha256, new.author, new.approver)
    is not distinct from (old.model_id, old.version, old.segment, old.document, old.sha256, old.author, old.approver) then
    return new;
  end if;
  raise exception 'version % of the model % never changes: % refused', old.version, old.model_id, tg_op using errcode = 'restrict_violation';
end $$;

create trigger scoring_models_never_change before update or delete on scoring_models for each row execute function refuse_model_change();
create trigger model_events_are_append_only before update or delete on model_events for each row execute function refuse_change();
create trigger shadow_assessments_are_append_only before update or delete on shadow_assessments for each row execute function refuse_change();
