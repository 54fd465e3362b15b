import t from 'tap'
import { problemOf } from '../../../src/platform/http/problems.ts'
import { PROBLEMS } from '../../../src/problems.ts'

t.test('attack 8: every refusal of the framework is one of ours, whatever its status', async (t) => {
  for (let statusCode = 400; statusCode < 500; statusCode += 1) {
    const { slug, errors } = problemOf(Object.assign(new Error('/home/x'), { statusCode, code: 'FST_ANY' }))
    const { status } = PROBLEMS[slug]
    t.ok(status >= 400 && status < 500, `${statusCode} is ${status} ${slug}`)
    if (slug === 'validation-error') t.equal(errors?.length, 1, `${statusCode} names a place, as the remedy says`)
  }
  for (const statusCode of [undefined, 200, 302, 500, 501, 599])
    t.equal(problemOf(Object.assign(new Error('x'), { statusCode })).slug, 'internal-error', String(statusCode))
})
