import t from 'tap'
import { demandMatch, etagOf, requireMatch } from '../../../src/platform/http/etag.ts'
import { Problem, type ProblemSlug } from '../../../src/platform/values/problem.ts'

function slugOf(act: () => void): ProblemSlug | undefined {
  try {
    act()
    return undefined
  } catch (error) {
    if (error instanceof Problem) return error.slug
    throw error
  }
}

t.test('a version is a strong validator in quotes', async (t) => {
  t.equal(etagOf(1), '"1"')
  t.equal(etagOf(120), '"120"')
})

/**
 * If-Match, the version there is (0: none), and whether an update that may go without the header
 * passes.
 */
const TABLE: [string | undefined, number, boolean][] = [
  ['"3"', 3, true],
  ['"2"', 3, false],
  ['"4"', 3, false],
  ['"1", "3"', 3, true],
  ['"1","2"', 3, false],
  ['"1" ,  "3"', 3, true],
  ['3', 3, false],
  ['W/"3"', 3, false],
  ["'3'", 3, false],
  ['"3', 3, false],
  ['"03"', 3, false],
  ['"3 "', 3, false],
  ['', 3, false],
  [',', 3, false],
  ['*', 3, true],
  ['*', 0, false],
  ['"1"', 0, false]
]

t.test('If-Match passes with the very version, of a resource that exists', async (t) => {
  for (const [ifMatch, version, passes] of TABLE) {
    const expected = passes ? undefined : 'precondition-failed'
    const title = `If-Match: ${ifMatch} at version ${version}`
    t.equal(
      slugOf(() => requireMatch(ifMatch, version)),
      expected,
      title
    )
    t.equal(
      slugOf(() => demandMatch(ifMatch, version)),
      ifMatch === '*' ? 'precondition-required' : expected,
      `${title}, where it is demanded`
    )
  }
})

t.test('without If-Match an update passes, unless the header is demanded', async (t) => {
  t.equal(
    slugOf(() => requireMatch(undefined, 3)),
    undefined
  )
  t.equal(
    slugOf(() => demandMatch(undefined, 3)),
    'precondition-required'
  )
})

t.test('a refusal names the version to send, and cuts what it quotes', async (t) => {
  t.throws(() => demandMatch(undefined, 7), { message: /at version "7"/ })
  t.throws(() => requireMatch('"6"', 7), { message: /at version "7", the request expects "6"/ })
  t.throws(() => requireMatch('"6"', 0), { message: /does not exist/ })
  t.throws(() => requireMatch('x'.repeat(10_000), 7), { message: /^.{1,200}$/ })
})
