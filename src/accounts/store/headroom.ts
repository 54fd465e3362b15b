import { type RawBuilder, sql } from 'kysely'
import type { Situation } from '../../database.ts'
import type { Clock } from '../../platform/database/clock.ts'
import { countsAt } from './exposure.ts'
import type { FactColumns } from './facts.ts'
import { type DueRow, type OutlookRead, type OutlookRows, outlookOf, outlookRows } from './outlooks.ts'
import { situationOf } from './situation.ts'

/** Open items of the ledger on one due date. */
type DueItemRow = Pick<DueRow, 'dueOn' | 'openMinor'>

/** What a forecast of headroom rests on, as it is read beside its account. */
interface HeadroomRead {
  readonly situation: ForecastSituation
  readonly outlook: OutlookRead
  /** One due date more than was asked for. */
  readonly items: readonly DueItemRow[]
}

/** What a forecast looks at of a situation: none of it depends on a policy or a currency. */
type ForecastSituation = Pick<Situation, 'disputedMinor' | 'unappliedMinor' | 'paymentDaysLate' | 'security'>

/** The same up to the days to which each list is complete; see `DueItems` of the engine. */
interface HeadroomRows {
  readonly situation: ForecastSituation
  readonly outlook: OutlookRows
  readonly items: { readonly due: readonly DueItemRow[]; readonly completeUntil: string | null }
}

/** The most due dates of each list are `datesMax`. */
export function headroomFacts(clock: Clock, datesMax: number): FactColumns<HeadroomRead> {
  const customerId = sql`account.customer_id`
  const now = sql<string>`account.read_at`
  const any = { customerId, itemMinimumMinor: sql`0`, minorPerMajor: sql`1` }
  return {
    situation: situationOf(any, { today: clock.dayOf(now), horizonDays: 0 }),
    outlook: outlookOf(clock, customerId, { now, datesMax }),
    items: dueItems(now, datesMax)
  }
}

/** The first due dates of the items that are open, owed and undisputed. */
function dueItems(now: RawBuilder<string>, datesMax: number): RawBuilder<DueItemRow[]> {
  return sql`(
    select coalesce(json_agg(json_build_object('dueOn', due_on, 'openMinor', open_minor) order by due_on), '[]')
    from (
      select due_on, sum(open_minor)::bigint as open_minor from exposure_items
      where exposure_items.customer_id = account.customer_id and ${countsAt(now)} and open_minor > 0 and due_on is not null
        and not disputed and not statistical
      group by due_on order by due_on limit ${datesMax + 1}) as lots)`
}

export function headroomRows({ situation, outlook, items }: HeadroomRead, datesMax: number): HeadroomRows {
  return {
    situation,
    outlook: outlookRows(outlook, datesMax),
    items: {
      due: items.slice(0, datesMax),
      completeUntil: items.length > datesMax ? (items[datesMax - 1]?.dueOn ?? null) : null
    }
  }
}
