import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { TEXTS } from '../../../src/engine/editions/texts.ts'

const ENGINE = join(import.meta.dirname, '../../../src/engine')

t.test('the texts in force are those of every room', async (t) => {
  const files = globSync('*/texts.json', { cwd: ENGINE })
  const rooms = files.map((file) => file.split(/[/\\]/)[0] ?? '').toSorted()
  t.same(Object.keys(TEXTS).toSorted(), rooms)
  for (const room of rooms)
    t.same(JSON.parse(readFileSync(join(ENGINE, room, 'texts.json'), 'utf8')), TEXTS[room as keyof typeof TEXTS], room)
})
