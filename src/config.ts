import envSchema from 'env-schema'
import Type, { type Static } from 'typebox'

/** Every setting, once: type, check and the table of docs/guides/operate.md come from here. */
export const ConfigSchema = Type.Object({
  HOST: Type.String({ default: '127.0.0.1', description: 'Address to listen on.' }),
  PORT: Type.Integer({
    default: 3000,
    minimum: 0,
    maximum: 65_535,
    description: 'Port to listen on; 0 takes a free one.'
  }),
  DATABASE_URL: Type.String({
    default: '',
    description: 'PostgreSQL 15 or later. Empty: the embedded database in CREDENCE_DATA_DIR.'
  }),
  DATABASE_POOL_MAX: Type.Integer({
    default: 10,
    minimum: 1,
    maximum: 200,
    description: 'Connections to PostgreSQL at most.'
  }),
  DATABASE_READ_URL: Type.String({
    default: '',
    description:
      'A replica of that PostgreSQL for lists, journals, audits and reports, whose answers then say how fresh they are (`Data-As-Of`). Empty: the same server.'
  }),
  DATABASE_READ_POOL_MAX: Type.Integer({
    default: 4,
    minimum: 0,
    maximum: 200,
    description:
      'Connections for lists, journals, audits and reports at most, beside those of DATABASE_POOL_MAX. 0: those serve both.'
  }),
  CREDENCE_DATA_DIR: Type.String({ default: './data', description: 'Folder of the embedded database.' }),
  CREDENCE_CURRENCY: Type.String({
    default: 'CNY',
    pattern: '^[A-Z]{3}$',
    description: 'Currency of an account whose customer names none.'
  }),
  CREDENCE_TIME_ZONE: Type.String({
    default: 'UTC',
    pattern: '^[A-Za-z0-9_+/-]{1,64}$',
    description: 'IANA time zone in which a business day begins and ends.'
  }),
  CREDENCE_RECHECK_HOUR: Type.Integer({
    default: 3,
    minimum: -1,
    maximum: 23,
    description: 'Hour of the day from which all open orders are checked again, once a day; -1: only when asked for.'
  }),
  CREDENCE_JURISDICTION: Type.Unsafe<'CN' | 'EU' | 'US' | 'GENERIC'>({
    type: 'string',
    enum: ['CN', 'EU', 'US', 'GENERIC'],
    default: 'GENERIC',
    description:
      'Whose law decides which features a scoring model may use: CN, EU or US; GENERIC is as strict as the strictest of them.'
  }),
  CREDENCE_LOG_LEVEL: Type.Unsafe<'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'silent'>({
    type: 'string',
    enum: ['fatal', 'error', 'warn', 'info', 'debug', 'silent'],
    default: 'warn',
    description: 'Least level that is logged.'
  }),
  CREDENCE_RATE_LIMIT: Type.Integer({
    default: 60_000,
    minimum: 1,
    maximum: 10_000_000,
    description: 'Requests a minute that one API key, or one address without a key, may send.'
  }),
  CREDENCE_TRUST_PROXY: Type.Boolean({
    default: false,
    description: 'Take the caller’s address from X-Forwarded-For: only behind a proxy that sets it.'
  }),
  CREDENCE_SIMULATION: Type.Boolean({
    default: false,
    description: 'Simulated clock, set by PUT /simulation/clock. Never for real business.'
  }),
  CREDENCE_ALLOW_UNSAFE_DURABILITY: Type.Boolean({
    default: false,
    description:
      'Start although the server’s fsync, full_page_writes or synchronous_commit is off, and run the embedded database without fsync: loss of power can then lose an acknowledged decision.'
  })
})

export type Config = Readonly<Static<typeof ConfigSchema>>

/** Reads the environment once; throws with a sentence for each setting that is wrong or unknown. */
export function loadConfig(environment: NodeJS.ProcessEnv = process.env): Config {
  const unknown = Object.keys(environment).filter(
    (name) => name.startsWith('CREDENCE_') && !(name in ConfigSchema.properties)
  )
  if (unknown.length > 0)
    throw new Error(`Unknown setting ${unknown.join(', ')}. Known: ${Object.keys(ConfigSchema.properties).join(', ')}.`)
  return Object.freeze(
    envSchema<Static<typeof ConfigSchema>>({ schema: ConfigSchema, data: { ...environment }, env: false })
  )
}
