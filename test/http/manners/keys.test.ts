import t, { type Test } from 'tap'
import { SCOPES as ALL_SCOPES } from '../../../src/access/schema/scopes.ts'
import type { Scope } from '../../../src/platform/http/auth.ts'
import type { ProblemSlug } from '../../../src/platform/values/problem.ts'
import { type ContractService, contractService, type Operation } from '../contract.ts'

const SCOPES = Object.keys(ALL_SCOPES) as Scope[]

/** A path with ids that are well-formed and belong to nothing. */
function urlOf({ path }: Operation): string {
  return path
    .replace('{keyId}', 'key_00000000000000000000000000')
    .replace('{changeRequestId}', 'chg_00000000000000000000000000')
    .replace('{checkId}', 'chk_00000000000000000000000000')
    .replace('{captureId}', 'cap_00000000000000000000000000')
    .replace('{evidenceId}', 'evd_00000000000000000000000000')
    .replace('{reconciliationId}', 'rec_00000000000000000000000000')
    .replace('{runId}', 'run_00000000000000000000000000')
    .replace('{assessmentId}', 'asm_00000000000000000000000000')
    .replace('{limitDecisionId}', 'lim_00000000000000000000000000')
    .replace('{slug}', 'not-found')
    .replace('{version}', '1')
    .replace('{base}/{quote}/{rateOn}', 'USD/CNY/2026-03-30')
    .replace(/\{[^}]+\}/g, 'X-1')
}

/** Every operation that needs a key, sent with this header: how many answered otherwise. */
async function deviations(
  { inject, operations }: ContractService,
  authorization: string | undefined,
  slug: ProblemSlug,
  chosen: (operation: Operation) => boolean = () => true
): Promise<string[]> {
  const found: string[] = []
  for (const operation of operations.filter(({ scope }) => scope !== undefined).filter(chosen)) {
    const { method } = operation
    const headers = { 'content-type': 'application/json', ...(authorization === undefined ? {} : { authorization }) }
    const answer = await inject({ method, url: urlOf(operation), headers, payload: operation.takesBody ? '{}' : '' })
    if (answer.body?.type !== `/problems/${slug}`) found.push(`${operation.id} ${answer.status} ${answer.text}`)
    const asksForKey = String(answer.headers['www-authenticate']).startsWith('Bearer')
    if (answer.status === 401 && !asksForKey) found.push(`${operation.id} does not say how to authenticate`)
  }
  return found
}

t.test('every operation asks for a key, and for its scope', async (t) => {
  const service = await contractService(t)
  const { send, inject, operations, authorization, clockTo, footprint } = service
  const issue = async (body: object): Promise<{ keyId: string; header: string }> => {
    const answer = await send('POST', '/v1/api-keys', body)
    return { keyId: answer.body.keyId, header: `Bearer ${answer.body.key}` }
  }
  const refusedEverywhere = async (t: Test, header: string | undefined) => {
    const before = await footprint()
    t.same(await deviations(service, header, 'unauthenticated'), [])
    t.equal(await footprint(), before, 'nothing is written')
  }

  t.ok(operations.filter(({ scope }) => scope !== undefined).length > 30, 'the document lists the operations')

  await t.test('case 16: without a key the answer is 401', (t) => refusedEverywhere(t, undefined))

  const malformed = ['', 'Bearer', 'Bearer x', 'Basic YWRtaW46YWRtaW4=', 'cred_1_x', `Bearer ${'x'.repeat(5_000)}`]
  for (const header of malformed) {
    await t.test(`case 16: the header "${header.slice(0, 24)}" is no key`, (t) => refusedEverywhere(t, header))
  }

  await t.test('case 16: a token of another kind is no key', (t) =>
    refusedEverywhere(t, 'Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZG1pbiJ9.')
  )

  await t.test('case 16: an unknown key is refused like a wrong one', async (t) => {
    const { header } = await issue({ name: 'known', scopes: ['admin'] })
    const wrongSecret = `${header.slice(0, -1)}${header.endsWith('A') ? 'B' : 'A'}`
    const unknownId = header.replace(/cred_.{26}/, 'cred_00000000000000000000000000')
    await refusedEverywhere(t, wrongSecret)
    await refusedEverywhere(t, unknownId)
    const answers = await Promise.all(
      [wrongSecret, unknownId].map((key) =>
        inject({ method: 'GET', url: '/v1/models', headers: { authorization: key } })
      )
    )
    t.equal(answers[0]?.body.detail, answers[1]?.body.detail, 'nothing tells which ids exist')
  })

  await t.test('case 17: a revoked key is refused', async (t) => {
    const { keyId, header } = await issue({ name: 'revoked', scopes: ['admin'] })
    t.equal((await send('DELETE', `/v1/api-keys/${keyId}`)).status, 200)
    await refusedEverywhere(t, header)
  })

  await t.test('case 17: a key in use is refused within 5 seconds of its revocation', async (t) => {
    const { keyId, header } = await issue({ name: 'in use', scopes: ['read'] })
    const status = async () =>
      (await inject({ method: 'GET', url: '/v1/models', headers: { authorization: header } })).status
    t.equal(await status(), 200)
    await send('DELETE', `/v1/api-keys/${keyId}`)
    await new Promise((resolve) => setTimeout(resolve, 5_000))
    t.equal(await status(), 401)
  })

  await t.test('case 16: an expired key is refused', async (t) => {
    const { header } = await issue({ name: 'expiring', scopes: ['admin'], expiresAt: '2026-03-31T12:00:01.000Z' })
    await clockTo('2026-03-31T12:00:01.000Z')
    await refusedEverywhere(t, header)
  })

  const included: Record<Scope, readonly Scope[]> = {
    admin: SCOPES,
    write: ['write', 'documents', 'file', 'rates', 'limits', 'collateral', 'read'],
    read: ['read'],
    check: ['check', 'read'],
    documents: ['documents', 'read'],
    file: ['file', 'read'],
    rates: ['rates', 'read'],
    limits: ['limits', 'read'],
    collateral: ['collateral', 'read'],
    holds: ['holds', 'read'],
    release: ['release', 'read'],
    approve: ['approve', 'read'],
    models: ['models', 'read'],
    policies: ['policies', 'read'],
    keys: ['keys'],
    audit: ['audit', 'read']
  }
  for (const held of SCOPES) {
    const isIncluded = ({ scopes }: Operation) => included[held].some((name) => scopes.includes(name))
    await t.test(
      `case 18: a key of scope ${held} does what ${included[held].join(', ')} allow, and no more`,
      async (t) => {
        const header = await authorization(held)
        const before = await footprint()
        t.same(await deviations(service, header, 'insufficient-scope', (operation) => !isIncluded(operation)), [])
        t.equal(await footprint(), before, 'nothing is written')
        for (const operation of operations.filter(isIncluded)) {
          const { method } = operation
          const url = `${urlOf(operation)}?mistyped=1`
          const headers = {
            authorization: header,
            ...(operation.takesBody ? { 'content-type': 'application/json' } : {})
          }
          const answer = await inject({ method, url, headers, payload: operation.takesBody ? '{}' : '' })
          t.equal(answer.status, 400, `${operation.id} gets as far as its parameters`)
          t.ok(JSON.stringify(answer.body).includes('mistyped') || operation.takesBody, operation.id)
        }
      }
    )
  }

  await t.test('the public operations need no key and ignore a wrong one', async (t) => {
    for (const operation of operations.filter(({ scope }) => scope === undefined)) {
      for (const headers of [{}, { authorization: 'Bearer x' }]) {
        const answer = await inject({ method: operation.method, url: urlOf(operation), headers })
        t.equal(answer.status, 200, operation.id)
      }
    }
    const open = operations.filter(({ scope }) => scope === undefined).map(({ path }) => path)
    t.same(open.sort(), ['/', '/livez', '/metrics', '/openapi.json', '/problems', '/problems/{slug}', '/readyz'])
  })
})
