import t from 'tap'
import { loadConfig, trustedProxies } from '../src/config.ts'

function refusal(environment: Record<string, string>): string {
  try {
    loadConfig(environment)
    return ''
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

t.test('attack 12: a wrong setting is told with what it may be, and the word that was meant', async (t) => {
  const table: [Record<string, string>, string][] = [
    [
      { CREDENCE_LOG_LEVEL: 'wran' },
      'The setting CREDENCE_LOG_LEVEL must be fatal, error, warn, info, debug or silent, not "wran": did you mean "warn"?'
    ],
    [
      { CREDENCE_JURISDICTION: 'France' },
      'The setting CREDENCE_JURISDICTION must be CN, EU, US or GENERIC, not "France".'
    ],
    [{ PORT: '70000' }, 'The setting PORT may be at most 65535, and is 70000.'],
    [{ PORT: 'x' }, 'The setting PORT must be a whole number, not "x".'],
    [{ CREDENCE_RATE_LIMT: '1' }, 'There is no setting CREDENCE_RATE_LIMT: did you mean CREDENCE_RATE_LIMIT?'],
    [
      { PORT: '-1', CREDENCE_SIMULATION: 'maybe' },
      'The setting PORT must be at least 0, and is -1. The setting CREDENCE_SIMULATION must be true or false, not "maybe".'
    ]
  ]
  for (const [environment, sentence] of table) t.equal(refusal(environment), sentence)
  t.match(refusal({ CREDENCE_XYZ: '1' }), /^There is no setting CREDENCE_XYZ. Known are: HOST, PORT, /)
})

t.test('attack 9: the proxies that are believed are counted', async (t) => {
  const table: [string | undefined, number][] = [
    [undefined, 0],
    ['false', 0],
    ['true', 1],
    ['0', 0],
    ['1', 1],
    ['3', 3]
  ]
  for (const [text, count] of table)
    t.equal(trustedProxies(loadConfig(text === undefined ? {} : { CREDENCE_TRUST_PROXY: text })), count, String(text))
  t.match(refusal({ CREDENCE_TRUST_PROXY: '-1' }), /^The setting CREDENCE_TRUST_PROXY must be false, true, 0, /)
})
