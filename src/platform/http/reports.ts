import type { FastifyReply } from 'fastify'
import type { Kysely } from 'kysely'
import type { Reports } from '../database/reports.ts'

/**
 * What an answer may be read from that is no decision. An answer from a replica says so in the
 * header `Data-As-Of`, which is asked for first: it is never later than what is read.
 */
export async function readerFor<Schema>(reports: Reports<Schema>, reply: FastifyReply): Promise<Kysely<Schema>> {
  const asOf = await reports.asOf()
  if (asOf !== undefined) reply.header('data-as-of', asOf)
  return reports.db
}
