import { type RawBuilder, sql } from 'kysely'
import type { Row } from '../../database.ts'

/** An account row with the database time at which it was read. */
export interface CurrentAccount {
  readonly account: Row<'creditAccounts'>
  readonly now: string
  readonly today: string
}

/**
 * What is read beside an account, by name. Each sees its row as `account`, with the moment at which
 * it was read, `account.read_at`.
 */
export type FactColumns<Facts> = { readonly [Name in keyof Facts & string]: RawBuilder<Facts[Name]> }

/** An account with what was read in the same statement. */
export type WithFacts<Facts> = CurrentAccount & { readonly facts: Facts }

/** A row of an account, its moment and some facts. */
export type FactsRow = Row<'creditAccounts'> & {
  readonly now: string
  readonly today: string
  readonly readAt: string
}

/** Facts as the last columns of a select, and the way back from its rows. */
export function factColumns<Facts extends object>(
  facts: FactColumns<Facts>
): { readonly columns: RawBuilder<unknown>; split(row: FactsRow): WithFacts<Facts> } {
  const names = Object.keys(facts) as (keyof Facts & string)[]
  const columns = sql.join(
    names.map((name) => sql`, ${facts[name]} as ${sql.ref(name)}`),
    sql``
  )
  const split = ({ now, today, readAt: _readAt, ...row }: FactsRow): WithFacts<Facts> => {
    const rest: Record<string, unknown> = row
    const found: Record<string, unknown> = {}
    for (const name of names) {
      found[name] = rest[name]
      delete rest[name]
    }
    return { account: row, now, today, facts: found as Facts }
  }
  return { columns, split }
}
