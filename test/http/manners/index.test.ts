import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { PROBLEMS } from '../../../src/problems.ts'
import { testService } from '../../service.ts'
import { contractService } from '../contract.ts'

t.test('whoever knows the address alone finds the rest, without a key', async (t) => {
  const { inject } = await contractService(t)
  const get = (url: string) => inject({ method: 'GET', url })
  const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '../../../package.json'), 'utf8'))
  const { status, body } = await get('/')
  t.match({ status, body }, { status: 200, body: { name: 'Credence', version } })
  for (const [name, url] of Object.entries<string>(body.links)) t.equal((await get(url)).status, 200, name)
  const { items } = (await get(body.links.problems)).body
  t.equal(items.length, Object.keys(PROBLEMS).length)
  t.same((await get(items[0].type)).body, items[0], 'each kind can be read at its type')
})

t.test('the document has one address, also for the pages that show it', async (t) => {
  const { send } = await testService(t)
  for (const url of ['/docs/json', '/docs/yaml']) {
    const { status, headers } = await send('GET', url)
    t.same([status, headers.location], [308, '/openapi.json'])
  }
  const first = await send('GET', '/openapi.json')
  t.equal(first.body.openapi, '3.1.0')
  t.equal((await send('GET', '/openapi.json')).text, first.text)
})
