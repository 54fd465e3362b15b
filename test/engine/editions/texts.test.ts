import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { TEXTS } from '../../../src/engine/editions/texts.ts'
import { FEATURE_IDS } from '../../../src/engine/features/feature-catalogue.ts'
import { nameOfValue } from '../../../src/engine/features/value-names.ts'
import { reasonText } from '../../../src/engine/reasons/reasons.ts'
import { RATIO_IDS, RATIOS } from '../../../src/engine/statements/ratios/ratio-catalogue.ts'
import { ADDRESSEES } from '../../../src/engine/values/wording.ts'

const ENGINE = join(import.meta.dirname, '../../../src/engine')

t.test('the texts in force are those of every room', async (t) => {
  const files = globSync('*/texts.json', { cwd: ENGINE })
  // What is said of the document of a model stands in no decision.
  const rooms = files
    .map((file) => file.split(/[/\\]/)[0] ?? '')
    .filter((room) => room !== 'governance')
    .toSorted()
  const { named: _named, ...ofRooms } = TEXTS
  t.same(Object.keys(ofRooms).toSorted(), rooms)
  for (const room of rooms)
    t.same(
      JSON.parse(readFileSync(join(ENGINE, room, 'texts.json'), 'utf8')),
      ofRooms[room as keyof typeof ofRooms],
      room
    )
})

t.test('what sentences name is a part of the texts in force', async (t) => {
  const { named } = TEXTS
  for (const { id, name } of RATIO_IDS.map((ratio) => ({ id: `financial.${ratio}`, name: RATIOS[ratio].name }))) {
    const description = named.features.find((each) => each.id === id)?.description
    t.ok(description?.en.startsWith(name.en) && description.zh.startsWith(name.zh), id)
  }
  t.same(
    named.features.map(({ id }) => id),
    FEATURE_IDS
  )
  t.same(
    named.industries.map(({ id }) => nameOfValue('profile.industrySection', id)),
    named.industries.map(({ name }) => name)
  )
  t.match(reasonText('PAYS_LATE', { reader: 'auditor', addressee: 'company' }).zh, named.characteristic.zh)
  t.same(Object.keys(named.address), ADDRESSEES)
})
