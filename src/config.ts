import { readFileSync } from 'node:fs'
import { Ajv, type ErrorObject } from 'ajv'
import envSchema from 'env-schema'
import Type, { type Static } from 'typebox'
import { fieldFaults } from './platform/http/body/field-faults.ts'
import { nearestWord } from './platform/http/body/spelling.ts'

const PROXIES = ['false', 'true', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9'] as const

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
  CREDENCE_ADMIN_KEY_FILE: Type.String({
    default: '',
    description:
      'File of the first admin key: the key in it is taken, or, where it does not exist, one is made and written there. Empty: one is made and shown once, on standard error. Where there are keys, it is not looked at.'
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
  CREDENCE_ONE_PERSON: Type.Boolean({
    default: false,
    description:
      'One person runs the house alone: what was proposed with one key may be approved with another that it made, never with itself, and each such approval says `onePerson`.'
  }),
  CREDENCE_LOG_LEVEL: Type.Unsafe<'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'silent'>({
    type: 'string',
    enum: ['fatal', 'error', 'warn', 'info', 'debug', 'silent'],
    default: 'warn',
    description:
      'Least level that is logged. `warn`: refused callers, faults, and what changes who may do what; `info`: a line for each request.'
  }),
  CREDENCE_LOG_CUSTOMERS: Type.Unsafe<'hashed' | 'plain'>({
    type: 'string',
    enum: ['hashed', 'plain'],
    default: 'hashed',
    description: 'How the log names customers: by a pseudonym, or by their ids.'
  }),
  CREDENCE_LOG_SECRET: Type.String({
    default: '',
    description:
      'Secret from which the pseudonyms of customers in the log are made. Empty: another one at each start, so that no two instances or days can be joined.'
  }),
  OTEL_EXPORTER_OTLP_ENDPOINT: Type.String({
    default: '',
    pattern: '^(https?://\\S+)?$',
    description:
      'Base address of an OpenTelemetry collector that takes OTLP over HTTP, such as http://localhost:4318: requests send traces there. Empty: none.'
  }),
  CREDENCE_TRACE_SHARE: Type.Number({
    default: 0.01,
    minimum: 0,
    maximum: 1,
    description:
      'Share of the requests that are traced, of those that bring no `traceparent`; one that does says itself whether.'
  }),
  CREDENCE_RATE_LIMIT: Type.Integer({
    default: 60_000,
    minimum: 1,
    maximum: 10_000_000,
    description: 'Requests a minute that one API key, or one address without a key, may send.'
  }),
  CREDENCE_TRUST_PROXY: Type.Unsafe<(typeof PROXIES)[number]>({
    type: 'string',
    enum: PROXIES,
    default: 'false',
    description:
      'How many proxies stand before the service, each of which adds to X-Forwarded-For whom it was asked by: the caller’s address is taken from there. false is none, true one.'
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

/** Settings that hold a secret. Each may be in a file instead, which `<setting>_FILE` names. */
export const SECRETS = ['DATABASE_URL', 'DATABASE_READ_URL', 'CREDENCE_LOG_SECRET'] as const satisfies (keyof Static<
  typeof ConfigSchema
>)[]

/** More than any secret has: a file that holds more was named by mistake. */
const SECRET_MAX = 8_192

export type Config = Readonly<Static<typeof ConfigSchema>>

/** Reads the environment once; throws with a sentence for each setting that is wrong or unknown. */
export function loadConfig(environment: NodeJS.ProcessEnv = process.env): Config {
  const unknown = Object.keys(environment).filter((name) => name.startsWith('CREDENCE_') && !NAMES.includes(name))
  if (unknown.length > 0) throw new Error(unknown.map(unknownSetting).join(' '))
  const data = { ...environment, ...secretsInFiles(environment) }
  try {
    const ajv = new Ajv({
      allErrors: true,
      verbose: true,
      coerceTypes: true,
      useDefaults: true,
      removeAdditional: true
    })
    return Object.freeze(envSchema<Static<typeof ConfigSchema>>({ schema: ConfigSchema, data, env: false, ajv }))
  } catch (error) {
    const { errors } = error as { errors?: ErrorObject[] }
    if (errors === undefined) throw error
    const details = fieldFaults(errors, 'settings').map(({ detail }) => detail)
    throw new Error(details.join(' '), { cause: error })
  }
}

/** How many proxies are believed. */
export function trustedProxies({ CREDENCE_TRUST_PROXY: proxies }: Config): number {
  return proxies === 'true' ? 1 : Number(proxies === 'false' ? 0 : proxies)
}

/** The secrets that files hold, without the line break at their end; no error tells them. */
function secretsInFiles(environment: NodeJS.ProcessEnv): Record<string, string> {
  const found: Record<string, string> = {}
  for (const name of SECRETS) {
    const path = environment[`${name}_FILE`]
    if (path === undefined || path === '') continue
    if (environment[name]) throw new Error(`${name} and ${name}_FILE are both set: leave one of them out.`)
    const text = secretIn(path, `${name}_FILE`)
    if (text === undefined) throw new Error(`${name}_FILE names ${path}, which does not exist.`)
    if (text === '') throw new Error(`${name}_FILE names ${path}, which is empty.`)
    found[name] = text
  }
  return found
}

/**
 * What a file holds, without white space around it; undefined where it does not exist. Throws an
 * Error for the operator, which names the setting and the file, when it cannot be read.
 */
export function secretIn(path: string, setting: string): string | undefined {
  try {
    const text = readFileSync(path, 'utf8').trim()
    if (text.length > SECRET_MAX) throw new Error(`it has more than ${SECRET_MAX} characters`)
    return text
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    const { code, message } = error as NodeJS.ErrnoException
    throw new Error(`${setting} names ${path}, which cannot be read: ${code ?? message}.`, { cause: error })
  }
}

/** Every name that the environment may have. */
const NAMES = [...Object.keys(ConfigSchema.properties), ...SECRETS.map((name) => `${name}_FILE`)]

function unknownSetting(name: string): string {
  const meant = nearestWord(name, NAMES)
  return `There is no setting ${name}${meant === undefined ? `. Known are: ${NAMES.join(', ')}.` : `: did you mean ${meant}?`}`
}
