import { readFile, writeFile } from 'node:fs/promises'
import t from 'tap'
import { contractService } from '../contract.ts'
import { COMPANY, INDIVIDUAL, toldStory } from './story.ts'

const STORY = new URL('story.md', import.meta.url)

t.test('the story of a company and of an individual reads as it was approved', async (t) => {
  const service = await contractService(t)
  const told = [await toldStory(service, COMPANY), await toldStory(service, INDIVIDUAL), ''].join('\n\n').trimEnd()
  // Whoever mends a sentence writes the story anew, reads it aloud, and commits both.
  if (process.env.WRITE_STORY === '1') await writeFile(STORY, `${told}\n`)
  t.equal(`${told}\n`, await readFile(STORY, 'utf8'))
})
