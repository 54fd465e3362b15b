import t from 'tap'
import { cny } from '../../given.ts'
import { contractService } from '../contract.ts'

const url = '/v1/customers/P-1'
const person = {
  monthlyIncome: cny('12500.00'),
  occupation: 'self_employed',
  employedSince: '2018-05-01',
  education: 'vocational',
  residence: 'mortgaged',
  residentSince: '2020-09-01',
  dependants: 2,
  bornOn: '1984-06-30'
}
const trader = { kind: 'sole_trader', name: 'Wang Lei', person }

t.test('the person behind a customer', async (t) => {
  const { send, refuses } = await contractService(t)

  await t.test('201: an individual and the owner of a sole trade have one', async (t) => {
    const answer = await send('PUT', url, trader)
    t.match(answer, { status: 201, body: { person } })
    t.same((await send('GET', url)).body, answer.body)
    t.equal((await send('PUT', '/v1/customers/P-2', { ...trader, kind: 'individual' })).status, 201)
    t.equal((await send('PUT', '/v1/customers/P-3', { ...trader, person: {} })).status, 201, 'of whom nothing is known')
    const { items } = (await send('GET', `${url}/journal`)).body
    t.notMatch(items[0].payload, /12500|self_employed|1984/, 'the journal keeps no personal data')
  })

  await t.test('200: a patch changes or removes single fields, or all of it', async (t) => {
    const { dependants: _none, ...rest } = person
    const answer = await send('PATCH', url, { person: { dependants: null, occupation: 'farmer' } })
    t.same(answer.body.person, { ...rest, occupation: 'farmer' })
    t.notOk('person' in (await send('PATCH', url, { person: null })).body)
  })

  await t.test('400: a company is no person, however it came to be both', async (t) => {
    const company = { ...trader, kind: 'company' }
    await refuses(t, { method: 'PUT', url: '/v1/customers/C-1', body: company }, 'validation-error', ['/person'])
    await refuses(t, { method: 'PATCH', url: '/v1/customers/P-2', body: { kind: 'company' } }, 'validation-error', [
      '/person'
    ])
    await send('PUT', '/v1/customers/C-1', { kind: 'company', name: 'Orient Steel' })
    const patch = { person: { dependants: 1 } }
    await refuses(t, { method: 'PATCH', url: '/v1/customers/C-1', body: patch }, 'validation-error', ['/person'])
  })

  const refused: Record<string, { change: object; pointers: string[] }> = {
    'a trait that is not kept': { change: { sex: 'female' }, pointers: ['/person/sex'] },
    'another trait that is not kept': { change: { maritalStatus: 'married' }, pointers: ['/person/maritalStatus'] },
    'an occupation that is not of the list': { change: { occupation: 'wizard' }, pointers: ['/person/occupation'] },
    'an income that is none': { change: { monthlyIncome: cny('0.00') }, pointers: ['/person/monthlyIncome/amount'] },
    'an income as a number': { change: { monthlyIncome: 12500 }, pointers: ['/person/monthlyIncome'] },
    'half a dependant': { change: { dependants: 0.5 }, pointers: ['/person/dependants'] },
    'dependants below zero': { change: { dependants: -1 }, pointers: ['/person/dependants'] },
    'days that lie ahead': {
      change: { bornOn: '2026-04-01', employedSince: '2026-04-01', residentSince: '2026-04-01' },
      pointers: ['/person/bornOn', '/person/employedSince', '/person/residentSince']
    },
    'a day that does not exist': { change: { bornOn: '1984-02-30' }, pointers: ['/person/bornOn'] }
  }
  for (const [name, { change, pointers }] of Object.entries(refused)) {
    await t.test(`400: ${name} is refused`, async (t) => {
      const body = { ...trader, person: { ...person, ...change } }
      await refuses(t, { method: 'PUT', url: '/v1/customers/P-9', body }, 'validation-error', pointers)
    })
  }
})
