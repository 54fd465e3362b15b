import type { Reader } from '../../database.ts'
import type { RescoringRun } from '../schema.ts'

/** How many customers a run is about, as things stand. */
export async function countCustomers(db: Reader, { kind, ratedBefore }: RescoringRun['filter']): Promise<number> {
  let select = db.selectFrom('creditAccounts').select((eb) => eb.fn.countAll<number>().as('count'))
  if (kind !== null)
    select = select
      .innerJoin('customers', 'customers.customerId', 'creditAccounts.customerId')
      .where('customers.kind', '=', kind)
  if (ratedBefore !== null)
    select = select.where((eb) => eb.or([eb('ratedAt', 'is', null), eb('ratedAt', '<', ratedBefore)]))
  return (await select.executeTakeFirstOrThrow()).count
}
