import type { FastifyReply } from 'fastify'
import type { Kysely } from 'kysely'
import type { Reports } from '../database/reports.ts'

/**
 * Returns the reader for answers that decide nothing. An answer from a replica gets the header
 * `Data-As-Of`. It is asked for first, so it is never later than the data.
 */
export async function readerFor<Schema>(reports: Reports<Schema>, reply: FastifyReply): Promise<Kysely<Schema>> {
  const asOf = await reports.asOf()
  if (asOf !== undefined) reply.header('data-as-of', asOf)
  return reports.db
}
