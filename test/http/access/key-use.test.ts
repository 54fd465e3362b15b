import t from 'tap'
import { keyUse } from '../../../src/access/commands/key-use.ts'
import { contractService } from '../contract.ts'

t.test('when a key was last used is kept to the minute', async (t) => {
  const { app, send, deps, clockTo } = await contractService(t)
  const { keyId, key } = (await send('POST', '/v1/api-keys', { name: 'ERP', scopes: ['read'] })).body
  const idle = (await send('POST', '/v1/api-keys', { name: 'Idle', scopes: ['read'] })).body.keyId
  const lastUse = async (of: string) => {
    const rows = await deps.db.selectFrom('apiKeys').select(['keyId', 'lastUsedAt']).execute()
    return rows.find((row) => row.keyId === of)?.lastUsedAt
  }
  const shownUse = async () => {
    const { items } = (await send('GET', '/v1/api-keys?limit=200')).body
    return items.find((item: { keyId: string }) => item.keyId === keyId).lastUsedAt
  }

  await clockTo('2026-03-31T12:05:42.500Z')
  const use = keyUse(deps)
  use.note(keyId)
  t.equal(await shownUse(), null, 'a request waits for no such write')
  await use.keep()
  t.equal(await shownUse(), '2026-03-31T12:05:00.000Z', 'and the list of keys tells the minute')

  await clockTo('2026-03-31T12:07:01.000Z')
  await use.keep()
  t.equal(await shownUse(), '2026-03-31T12:05:00.000Z', 'what was kept is not kept again')

  await send('GET', '/v1/models', undefined, { authorization: `Bearer ${key}` })
  await app.close()
  t.equal(await lastUse(keyId), '2026-03-31T12:07:00.000Z', 'a service that stops keeps what it had noted')
  t.equal(await lastUse(idle), null, 'a key that nobody used was not used')
})
