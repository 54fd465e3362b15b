import { type QueryExecutorProvider, sql, type Transaction } from 'kysely'
import { JOBS_SCHEMA } from '../work/jobs.ts'

/** How the service is kept from changing what may only grow. */
export interface AppRole {
  /**
   * The role that its connections take on; undefined where the login itself gave up these rights.
   */
  readonly role: string | undefined
  /** In words for the operator. */
  readonly words: string
}

/** A role's name has at most 63 bytes; the ending needs four. */
const LOGIN_BYTES_MAX = 59

/** What the tables that only grow have in common: the function of their triggers. */
const APPEND_ONLY = sql`
  select distinct tgrelid as oid from pg_trigger join pg_class on pg_class.oid = tgrelid
  where tgfoid = to_regprocedure('refuse_change()') and relnamespace = current_schema()::regnamespace`

/**
 * Takes from the service the right to change or delete what may only grow; the triggers of these
 * tables stay as a second wall. Called by the login that owns the tables, after the migrations, and
 * as often as the service starts.
 *
 * Where the login may create roles, or may take on the role `<login>_app` that somebody created,
 * the service works under that: it may read and add everything, change what changes, and no more.
 * Otherwise the login revokes the rights from itself. Throws an Error whose message is a sentence
 * for the operator when the role has rights that nothing here gave it.
 */
export async function restrictApplication<Schema>(trx: Transaction<Schema>): Promise<AppRole> {
  // Of several instances that start together one grants at a time.
  await sql`select pg_advisory_xact_lock(hashtext('database_role'))`.execute(trx)
  const { rows } = await sql<{ login: string; superuser: boolean; createsRoles: boolean }>`
    select session_user::text as login, rolsuper as superuser, rolsuper or rolcreaterole as creates_roles
    from pg_roles where rolname = session_user`.execute(trx)
  const [login] = rows
  if (login === undefined) throw new Error('The database does not know its own user.')
  const role = `${Buffer.from(login.login)
    .subarray(0, LOGIN_BYTES_MAX)
    .toString()
    .replace(/\uFFFD+$/, '')}_app`
  if (!(await canTakeOn(trx, role, login.createsRoles))) {
    await giveUpRights(trx)
    const kept = await rightsOf(trx, login.login, 'whole rows')
    const words =
      kept.length === 0
        ? `${login.login} may create no role, so it has given up the right to change what was decided`
        : `${login.login} may create no role and owns not all tables: triggers alone guard ${kept.join(', ')}`
    return { role: undefined, words }
  }
  await grantRights(trx, role)
  await giveJobs(trx, role)
  await assertNoOtherRights(trx, role)
  return { role, words: `the service works as ${role}, which has no right to change what was decided` }
}

/** Whether the login may take on the role, which is created first where that is possible. */
async function canTakeOn(trx: QueryExecutorProvider, role: string, createsRoles: boolean): Promise<boolean> {
  if (createsRoles) {
    // Roles belong to all databases of the server, and another one may create the same at this
    // moment: then it is there.
    await sql
      .raw(`do $$ begin
      if not exists (select from pg_roles where rolname = ${quoted(role)}) then
        execute format('create role %I nologin noinherit', ${quoted(role)});
      end if;
    exception when duplicate_object or unique_violation then null; end $$`)
      .execute(trx)
  }
  return (await isMember(trx, role)) || (createsRoles && (await becomeMember(trx, role)))
}

async function isMember(trx: QueryExecutorProvider, role: string): Promise<boolean> {
  const { rows } = await sql<{ member: boolean }>`
    select pg_has_role(session_user, oid, ${sql.lit('MEMBER')}) as member from pg_roles where rolname = ${role}`.execute(
    trx
  )
  return rows[0]?.member === true
}

async function becomeMember(trx: QueryExecutorProvider, role: string): Promise<boolean> {
  // The same grant from another database at this moment is an error of the server's catalogue, and
  // as good as ours.
  await sql
    .raw(`do $$ begin
    execute format('grant %I to %I', ${quoted(role)}, session_user);
  exception when insufficient_privilege or unique_violation or internal_error then null; end $$`)
    .execute(trx)
  return isMember(trx, role)
}

/**
 * Only what is missing is granted: a grant makes every open connection plan its statements anew.
 */
async function grantRights(trx: QueryExecutorProvider, role: string): Promise<void> {
  const { rows } = await sql<{ grant: string }>`
    with tables as (
      select oid, oid::regclass::text as name, starts_with(relname, 'schema_migrations') as migrator, oid in (${APPEND_ONLY}) as append_only
      from pg_class where relnamespace = current_schema()::regnamespace and relkind in ('r', 'p')
    ), wanted (privilege, on_append_only, on_migrator) as (
      values ('SELECT', true, true), ('INSERT', true, false), ('UPDATE', false, false), ('DELETE', false, false)
    )
    select format('grant usage on schema %I to %I', current_schema(), ${role}::text) as grant
    where not has_schema_privilege(${role}, current_schema(), 'USAGE')
    union all
    select format('grant %s on %s to %I', privilege, name, ${role}::text) from tables, wanted
    where not has_table_privilege(${role}, oid, privilege)
      and (on_append_only or not append_only) and (on_migrator or not migrator)`.execute(trx)
  for (const { grant } of rows) await sql.raw(grant).execute(trx)
}

/** The queues are the role's own: pg-boss changes its tables from version to version. */
async function giveJobs(trx: QueryExecutorProvider, role: string): Promise<void> {
  await sql
    .raw(`do $$
    declare
      owner constant regrole := (select oid from pg_roles where rolname = ${quoted(role)});
      place constant regnamespace := to_regnamespace(${quoted(JOBS_SCHEMA)});
      each record;
    begin
      if place is null or (select nspowner = owner from pg_namespace where oid = place) then return; end if;
      execute format('alter schema %s owner to %s', place, owner);
      for each in
        select 'table' as kind, oid::regclass::text as name from pg_class where relnamespace = place and relkind in ('r', 'p')
        union all
        select 'type', oid::regtype::text from pg_type where typnamespace = place and typtype = 'e'
        union all
        select 'function', oid::regprocedure::text from pg_proc where pronamespace = place
      loop
        execute format('alter %s %s owner to %s', each.kind, each.name, owner);
      end loop;
    end $$`)
    .execute(trx)
}

/** A role of that name which somebody made for something else is no protection. */
async function assertNoOtherRights(trx: QueryExecutorProvider, role: string): Promise<void> {
  const tables = await rightsOf(trx, role, 'any column')
  if (tables.length === 0) return
  throw new Error(
    `The database role ${role}, under which the service would work, may change ${tables.join(', ')}. ` +
      'Revoke these rights from it, or drop the role: the service creates it anew.'
  )
}

/** The tables that only grow, of which a role may nevertheless change, delete or empty rows. */
async function rightsOf(
  trx: QueryExecutorProvider,
  role: string,
  change: 'any column' | 'whole rows'
): Promise<string[]> {
  const update =
    change === 'any column'
      ? sql`has_any_column_privilege(${role}, oid, 'UPDATE')`
      : sql`has_table_privilege(${role}, oid, 'UPDATE')`
  const { rows } = await sql<{ name: string }>`
    select oid::regclass::text as name from (${APPEND_ONLY}) as append_only
    where ${update} or has_table_privilege(${role}, oid, 'DELETE, TRUNCATE')
    order by 1`.execute(trx)
  return rows.map(({ name }) => name)
}

/**
 * The owner's own rights to change what may only grow. A table that others refer to keeps the right
 * to update its first key column: the server asks for one when it checks such a reference, and it
 * does so in the owner's name.
 */
async function giveUpRights(trx: QueryExecutorProvider): Promise<void> {
  const { rows } = await sql<{ name: string; key: string | null }>`
    select oid::regclass::text as name,
      (select quote_ident(attname) from pg_index join pg_attribute on attrelid = indrelid and attnum = indkey[0]
        where indrelid = oid and indisprimary and exists (select from pg_constraint where confrelid = indrelid and contype = 'f')) as key
    from (${APPEND_ONLY}) as append_only
    where has_table_privilege(oid, 'UPDATE, DELETE, TRUNCATE')`.execute(trx)
  for (const { name, key } of rows) {
    await sql.raw(`revoke update, delete, truncate on ${name} from session_user`).execute(trx)
    if (key !== null) await sql.raw(`grant update (${key}) on ${name} to session_user`).execute(trx)
  }
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}
