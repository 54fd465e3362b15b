import t from 'tap'
import { Problem } from '../../../src/platform/values/problem.ts'
import { groupCommit } from '../../../src/platform/work/group-commit.ts'

interface Order {
  readonly customer: string
  readonly number: number
}

const order = (customer: string, number: number): Order => ({ customer, number })

/** A worker whose groups end when the test says so. */
function worker(options: { sizeMax?: number; underWayMax?: number; furtherMin?: number; waitMsMax?: number } = {}) {
  const groups: { requests: readonly Order[]; end(): void; fail(): void }[] = []
  const submit = groupCommit<Order, string>({
    keyOf: ({ customer }) => customer,
    sizeMax: options.sizeMax ?? 64,
    concurrentGroupsMax: options.underWayMax ?? 2,
    secondGroupMin: options.furtherMin ?? 1,
    waitMsMax: options.waitMsMax ?? 60_000,
    work: (requests) =>
      new Promise((resolve, reject) => {
        const answers = () => requests.map(({ customer, number }) => Promise.resolve(`${customer}${number}`))
        groups.push({ requests, end: () => resolve(answers()), fail: () => reject(new Error('group failed')) })
      })
  })
  return { groups, submit }
}

const turns = async () => {
  for (let turn = 0; turn < 4; turn += 1) await new Promise((resolve) => setImmediate(resolve))
}

t.test('requests that arrive together are worked at together, and each gets its own answer', async (t) => {
  const { groups, submit } = worker()
  const answers = [submit(order('a', 1)), submit(order('b', 1)), submit(order('a', 2))]
  await turns()
  t.same(
    groups.map(({ requests }) => requests),
    [[order('a', 1), order('b', 1), order('a', 2)]]
  )
  groups[0]?.end()
  t.same(await Promise.all(answers), ['a1', 'b1', 'a2'])
})

t.test('beside a group that is under way only one that is large enough starts; its end starts any', async (t) => {
  const { groups, submit } = worker({ furtherMin: 2 })
  const answers = [submit(order('a', 1))]
  await turns()
  answers.push(submit(order('b', 1)))
  await turns()
  t.equal(groups.length, 1, 'one alone waits')
  answers.push(submit(order('c', 1)))
  await turns()
  t.same(groups[1]?.requests, [order('b', 1), order('c', 1)])
  groups[1]?.end()
  answers.push(submit(order('d', 1)))
  await turns()
  t.equal(groups.length, 2)
  groups[0]?.end()
  await turns()
  t.same(groups[2]?.requests, [order('d', 1)])
  groups[2]?.end()
  t.same(await Promise.all(answers), ['a1', 'b1', 'c1', 'd1'])
})

t.test('a key that is under way waits, in order, while others go on', async (t) => {
  const { groups, submit } = worker()
  const first = submit(order('a', 1))
  await turns()
  const later = [submit(order('a', 2)), submit(order('b', 1)), submit(order('a', 3))]
  await turns()
  t.same(groups[1]?.requests, [order('b', 1)], 'the second group takes only what is free')
  groups[0]?.end()
  await first
  await turns()
  t.equal(groups.length, 3)
  t.same(groups[2]?.requests, [order('a', 2), order('a', 3)])
  groups[1]?.end()
  groups[2]?.end()
  t.same(await Promise.all(later), ['a2', 'b1', 'a3'])
})

t.test('no more groups are under way, and none is larger, than may be', async (t) => {
  const { groups, submit } = worker({ sizeMax: 2, underWayMax: 1 })
  const answers = ['a', 'b', 'c', 'd', 'e'].map((customer) => submit(order(customer, 1)))
  for (let done = 0; done < 3; done += 1) {
    await turns()
    t.equal(groups.length, done + 1)
    groups[done]?.end()
  }
  t.same(await Promise.all(answers), ['a1', 'b1', 'c1', 'd1', 'e1'])
  t.same(
    groups.map(({ requests }) => requests.length),
    [2, 2, 1]
  )
})

t.test('a group that fails fails its own requests, and the next one works', async (t) => {
  const { groups, submit } = worker()
  const first = submit(order('a', 1))
  await turns()
  groups[0]?.fail()
  await t.rejects(first, { message: 'group failed' })
  const second = submit(order('a', 2))
  await turns()
  groups[1]?.end()
  t.equal(await second, 'a2')
})

t.test('what is still to be done for one request holds up its key alone', async (t) => {
  const slow = Promise.withResolvers<string>()
  const begun: string[] = []
  const submit = groupCommit<Order, string>({
    keyOf: ({ customer }) => customer,
    sizeMax: 64,
    concurrentGroupsMax: 1,
    secondGroupMin: 1,
    waitMsMax: 60_000,
    work: async (requests) =>
      requests.map(({ customer, number }) => {
        begun.push(`${customer}${number}`)
        return customer === 'a' && number === 1 ? slow.promise : Promise.resolve(`${customer}${number}`)
      })
  })
  const first = submit(order('a', 1))
  const other = submit(order('b', 1))
  t.equal(await other, 'b1')
  const second = submit(order('a', 2))
  t.equal(await submit(order('c', 1)), 'c1')
  t.same(begun, ['a1', 'b1', 'c1'])
  slow.reject(new Error('a1 failed'))
  await t.rejects(first, { message: 'a1 failed' })
  t.equal(await second, 'a2')
})

const refusalOf = (answer: Promise<string>) =>
  answer.catch((reason: unknown) => (reason instanceof Problem ? reason.slug : reason))

t.test('a request that waits in vain is refused when its time is up, and is never begun', async (t) => {
  const { groups, submit } = worker({ underWayMax: 1, waitMsMax: 20 })
  const hanging = submit(order('a', 1))
  await turns()
  t.equal(await refusalOf(submit(order('a', 2))), 'temporary-reduced-capacity', 'its key is under way')
  t.equal(await refusalOf(submit(order('b', 1))), 'temporary-reduced-capacity', 'no other group may be under way')
  groups[0]?.end()
  t.equal(await hanging, 'a1', 'what was begun in its time is answered, however long it takes')
  await turns()
  t.equal(groups.length, 1)
})

t.test('whoever works at a group knows whose time is up', async (t) => {
  const gate = Promise.withResolvers<void>()
  const submit = groupCommit<Order, string>({
    keyOf: ({ customer }) => customer,
    sizeMax: 64,
    concurrentGroupsMax: 1,
    secondGroupMin: 1,
    waitMsMax: 20,
    work: async (requests, isLate) => {
      const before = requests.map(isLate)
      await gate.promise
      return requests.map(async (request, index) => `${before[index]} ${isLate(request)}`)
    }
  })
  const answer = submit(order('a', 1))
  await turns()
  t.equal(await refusalOf(submit(order('b', 1))), 'temporary-reduced-capacity', 'it came later')
  gate.resolve()
  t.equal(await answer, 'false true')
})
