import t from 'tap'
import { INDUSTRY_SECTIONS } from '../../../src/engine/customer/isic.ts'
import { EVIDENCE } from '../../../src/engine/features/evidence.ts'
import { FEATURES } from '../../../src/engine/features/feature-catalogue.ts'
import { RATIOS } from '../../../src/engine/statements/ratios/ratio-catalogue.ts'
import { STATEMENT_ITEMS } from '../../../src/engine/statements/statement-items.ts'
import type { Text } from '../../../src/engine/values/text.ts'

const isText = (value: object): value is Text => 'en' in value && 'zh' in value

/** Every text within a value, with the path to it. */
function textsIn(value: unknown, path: string): [string, Text][] {
  if (typeof value !== 'object' || value === null) return []
  if (isText(value)) return [[path, value]]
  return Object.entries(value).flatMap(([name, each]) => textsIn(each, `${path}.${name}`))
}

t.test('every text of the engine is there in English and in Chinese, and each in its own script', async (t) => {
  const catalogues = { EVIDENCE, FEATURES, INDUSTRY_SECTIONS, RATIOS, STATEMENT_ITEMS }
  for (const [name, catalogue] of Object.entries(catalogues)) {
    const texts = textsIn(catalogue, name)
    t.ok(texts.length >= Object.keys(catalogue).length, `${name} has its texts`)
    for (const [path, { en, zh }] of texts) {
      t.notMatch(en, /\p{Script=Han}|^\s|\s$|^$/u, `${path} in English`)
      t.match(zh, /\p{Script=Han}/u, `${path} in Chinese`)
      // Between Chinese characters only the full-width forms of these are right.
      t.notMatch(zh, /\p{Script=Han}[,;:!?]\p{Script=Han}|^\s|\s$/u, `${path} in Chinese punctuation`)
    }
  }
})
