import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { takingTurns } from '../../../src/platform/work/turns.ts'

t.test('attack 2: dear work is done one piece after the other, each in its turn', async (t) => {
  const inTurn = takingTurns({ restMs: 1, waitingMax: 5 })
  const done: number[] = []
  let atWork = 0
  const piece = (number: number) => async () => {
    atWork += 1
    t.equal(atWork, 1, 'alone')
    await sleep(1)
    atWork -= 1
    done.push(number)
    if (number === 2) throw new Error('broken')
    return number
  }
  const results = [1, 2, 3, 4, 5].map((number) => inTurn(piece(number)))
  t.equal(inTurn(piece(6)), undefined, 'no more than five wait')
  const settled = await Promise.allSettled(results)
  t.same(done, [1, 2, 3, 4, 5])
  t.same(
    settled.map(({ status }) => status),
    ['fulfilled', 'rejected', 'fulfilled', 'fulfilled', 'fulfilled'],
    'one that fails keeps nobody from the next'
  )
  t.equal(await inTurn(piece(7)), 7)
})
