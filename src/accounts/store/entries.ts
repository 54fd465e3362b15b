import type { NewRow } from '../../database.ts'
import { columnsOf } from '../../platform/database/columns.ts'

/** The columns of journal entries, for statements that write many of them or depend on others. */
export const ENTRIES = columnsOf<NewRow<'journal'>>({
  customerId: 'text',
  seq: 'bigint',
  at: 'timestamptz',
  type: 'text',
  actor: 'text',
  subject: 'text',
  payload: 'text',
  previousHash: 'text',
  hash: 'text'
})
