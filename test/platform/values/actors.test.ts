import fc from 'fast-check'
import t from 'tap'
import {
  type Actor,
  actorOfKey,
  formatActor,
  parseActor,
  SYSTEM_ACTORS,
  systemActor
} from '../../../src/platform/values/actors.ts'
import { type Id, idOf, newId } from '../../../src/platform/values/ids.ts'

const digits = fc
  .array(fc.constantFrom(...'0123456789abcdefghjkmnpqrstvwxyz'), { minLength: 26, maxLength: 26 })
  .map((each) => each.join(''))
const actors: fc.Arbitrary<Actor> = fc.oneof(
  digits.map((ulid) => ({ kind: 'key' as const, id: idOf<Id<'key'>>(`key_${ulid}`) })),
  digits.map((ulid) => ({ kind: 'person' as const, id: idOf<Id<'per'>>(`per_${ulid}`) })),
  fc.constantFrom(...SYSTEM_ACTORS).map((id) => ({ kind: 'system' as const, id }))
)

t.test('an actor is what its text says, and no two actors have one text', async (t) => {
  fc.assert(
    fc.property(actors, (actor) => {
      t.same(parseActor(formatActor(actor)), actor)
    })
  )
  fc.assert(
    fc.property(actors, actors, (left, right) => {
      const same = left.kind === right.kind && left.id === right.id
      t.equal(formatActor(left) === formatActor(right), same)
    })
  )
})

t.test('a text that names no actor is none, and one that names an actor is written back as it was', async (t) => {
  for (const text of ['', 'Policy', 'key_', 'key_1', `chk_${'0'.repeat(26)}`, `key_${'O'.repeat(26)}`, 'toString'])
    t.equal(parseActor(text), undefined, text)
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        digits.map((ulid) => `key_${ulid}`)
      ),
      (text) => {
        const actor = parseActor(text)
        if (actor !== undefined) t.equal(formatActor(actor), text)
      }
    )
  )
})

t.test('the words of the service are those that stand in entries since the first version', async (t) => {
  for (const word of ['policy', 'clock', 'reevaluation', 'recheck', 'schedule', 'shipped'] as const)
    t.equal(systemActor(word), word)
})

t.test('a key that names a person acts for that person, and any other for itself', async (t) => {
  const [keyId, personId] = [newId('key'), newId('per')]
  t.equal(actorOfKey({ keyId, personId: null }), keyId)
  t.equal(actorOfKey({ keyId, personId }), personId)
})
