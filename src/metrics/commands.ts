import type { Deps } from '../deps.ts'
import { poolState } from '../platform/database/postgres.ts'
import type { Labelled } from '../platform/work/tally.ts'
import { type HouseState, houseState } from './store.ts'

/** A figure of the house with what it means; counters begin anew with each process. */
export interface Family {
  readonly name: string
  readonly help: string
  readonly type: 'counter' | 'gauge'
  readonly values: readonly Labelled[]
}

/** Reads all figures of the house. */
export async function houseMetrics({ db, reports, clock, tally }: Deps): Promise<Family[]> {
  const state = await houseState(reports.db, clock)
  const counter = (name: string, help: string): Family => ({ name, help, type: 'counter', values: tally.of(name) })
  const gauge = (name: string, help: string, values = tally.of(name)): Family => ({ name, help, type: 'gauge', values })
  const { blockedOrders, changeRequests, eventsAhead } = state
  return [
    counter('credence_checks_total', 'Orders decided by this process, by outcome and first reason'),
    counter(
      'credence_check_amount_total',
      'What these orders asked for, by outcome and currency of the account, in whole units of it'
    ),
    counter('credence_idempotent_replays_total', 'Requests answered again by their Idempotency-Key'),
    gauge('credence_blocked_orders', 'Orders that wait for room or for a person', one(blockedOrders.count)),
    gauge(
      'credence_blocked_orders_oldest_seconds',
      'How long the oldest of them waits; 0: none does',
      one(blockedOrders.oldestSeconds)
    ),
    gauge(
      'credence_reservations_expired',
      'Reservations whose time was up within the last 24 hours',
      one(state.reservationsExpired)
    ),
    gauge(
      'credence_change_requests_open',
      'What waits for the approval of a second person, by kind',
      changeRequests.map(({ kind, count }) => ({ labels: { kind }, value: count }))
    ),
    gauge(
      'credence_change_requests_oldest_seconds',
      'How long the oldest of each kind waits',
      changeRequests.map(({ kind, oldestSeconds }) => ({ labels: { kind }, value: oldestSeconds ?? 0 }))
    ),
    gauge('credence_runs', 'Runs of the last 30 days by kind and state', countedBy(state.runs)),
    gauge('credence_jobs', 'Background jobs of the last day by queue and state', countedBy(state.jobs)),
    gauge(
      'credence_events_ahead',
      'Journal entries that no reader of the events gets yet, because an older transaction is open',
      one(eventsAhead.count)
    ),
    gauge('credence_event_lag_seconds', 'Since when the oldest of them waits', one(eventsAhead.oldestSeconds)),
    gauge('credence_database_connections', 'Connections of this process by pool and state', [
      ...connections('decisions', db),
      ...(reports.db === db ? [] : connections('reports', reports.db))
    ]),
    gauge('credence_self_check_valid', 'Whether the last self-check that this process made found the ledger sound'),
    gauge('credence_self_check_timestamp_seconds', 'When that was, in seconds since 1970')
  ]
}

function one(value: number | null): Labelled[] {
  return [{ labels: {}, value: value ?? 0 }]
}

function countedBy(counts: HouseState['runs'] | HouseState['jobs']): Labelled[] {
  return counts.map(({ count, ...labels }) => ({ labels, value: count }))
}

function connections(pool: string, db: object): Labelled[] {
  return Object.entries(poolState(db)).map(([state, value]) => ({ labels: { pool, state }, value }))
}
