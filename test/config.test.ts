import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { loadConfig, SECRETS, trustedProxies } from '../src/config.ts'
import { temporaryFolder } from './temporary-folder.ts'

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

t.test('every secret can be in a file, and is told to nobody', (t) => {
  const folder = temporaryFolder(t)
  const file = join(folder, 'secret')
  writeFileSync(file, 'postgres://u:hush@db/x\n')
  for (const name of SECRETS) {
    t.equal(loadConfig({ [`${name}_FILE`]: file })[name], 'postgres://u:hush@db/x', name)
    t.equal(loadConfig({ [`${name}_FILE`]: '', [name]: 'direct' })[name], 'direct', 'an empty name is none')
    t.equal(
      refusal({ [`${name}_FILE`]: file, [name]: 'hush' }),
      `${name} and ${name}_FILE are both set: leave one of them out.`
    )
    t.equal(
      refusal({ [`${name}_FILE`]: join(folder, 'none') }),
      `${name}_FILE names ${folder}/none, which does not exist.`
    )
    const empty = join(folder, 'empty')
    writeFileSync(empty, '\n')
    t.equal(refusal({ [`${name}_FILE`]: empty }), `${name}_FILE names ${empty}, which is empty.`)
    const large = join(folder, 'large')
    writeFileSync(large, 'x'.repeat(10_000))
    t.match(refusal({ [`${name}_FILE`]: large }), /cannot be read: it has more than 8192 characters/)
    t.match(refusal({ [`${name}_FILE`]: folder }), /cannot be read: EISDIR/)
  }
  t.match(refusal({ CREDENCE_LOG_SECRET_FLIE: 'x' }), /did you mean CREDENCE_LOG_SECRET_FILE\?/)
  t.end()
})

t.test('every setting that reads like a secret is one of those that a file can hold', (t) => {
  const names = Object.keys(loadConfig({}))
  const secret = names.filter((name) => /_URL$|SECRET$|PASSWORD|TOKEN|HEADERS/.test(name))
  t.same([...SECRETS].sort(), secret.sort())
  t.end()
})
