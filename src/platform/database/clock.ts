import { type QueryExecutorProvider, type RawBuilder, sql } from 'kysely'

/**
 * The one clock of the service: SQL expressions that the database evaluates, so that all instances
 * agree what has expired. Milliseconds, because that is what the API shows and what the journal
 * hashes.
 */
export interface Clock {
  /** The present instant. */
  readonly now: RawBuilder<string>
  /** The present business date, in the configured time zone. */
  readonly today: RawBuilder<string>
  /** The business date of an instant, in the configured time zone. */
  dayOf(instant: RawBuilder<string>): RawBuilder<string>
}

/** The database's own time. */
export function databaseClock(timeZone: string): Clock {
  return clockOf(sql<string>`date_trunc('milliseconds', clock_timestamp())`, timeZone)
}

/** Time that stands still until it is set; kept in the database, so that it survives a restart. */
export function simulatedClock(timeZone: string): Clock {
  return clockOf(sql<string>`(select simulated_clock.now from simulated_clock)`, timeZone)
}

function clockOf(now: RawBuilder<string>, timeZone: string): Clock {
  const dayOf = (instant: RawBuilder<string>) => sql<string>`(${instant} at time zone ${sql.lit(timeZone)})::date`
  return { now, today: dayOf(now), dayOf }
}

/**
 * The present instant of what last changed at another: its time never runs back, even if the clock
 * of the server does. Where nothing has changed yet (null), it is the clock's.
 */
export function heldInstant(now: RawBuilder<unknown>, changedAt: RawBuilder<unknown>): RawBuilder<string> {
  return sql`greatest(${now}, ${changedAt})`
}

/**
 * The business date of a day that begins some hours after midnight: until then it is still the day
 * before.
 */
export function shiftedDay({ now, dayOf }: Clock, hours: number): RawBuilder<string> {
  return dayOf(sql`(${now} - make_interval(hours => ${sql.lit(hours)}))`)
}

export async function readClock(db: QueryExecutorProvider, clock: Clock): Promise<{ now: string; today: string }> {
  const { rows } = await sql<{
    now: string
    today: string
  }>`select ${clock.now} as now, ${clock.today} as today`.execute(db)
  const row = rows[0]
  if (row === undefined) throw new Error('the database did not tell the time')
  return row
}

/** The instant of a simulated clock; undefined in a database that was never simulated. */
export async function simulatedNow(db: QueryExecutorProvider): Promise<string | undefined> {
  const { rows } = await sql<{ now: string }>`select now from simulated_clock`.execute(db)
  return rows[0]?.now
}

/**
 * Moves a simulated clock, which never runs back. Answers the instant at which it stands where that
 * is later; undefined when it was moved.
 */
export async function moveSimulatedClock(db: QueryExecutorProvider, to: string): Promise<string | undefined> {
  const { rows } = await sql<{ now: string; moved: boolean }>`
    with moved as (
      insert into simulated_clock (only_row, now) values (true, ${to}::timestamptz)
      on conflict (only_row) do update set now = excluded.now where simulated_clock.now <= excluded.now returning now)
    select now, exists (select from moved) as moved from simulated_clock`.execute(db)
  const [before] = rows
  return before === undefined || before.moved ? undefined : before.now
}

export async function setSimulatedClock(db: QueryExecutorProvider, now: string): Promise<void> {
  await sql`insert into simulated_clock (only_row, now) values (true, ${now}::timestamptz)
    on conflict (only_row) do update set now = excluded.now`.execute(db)
}
