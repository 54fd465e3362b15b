import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { temporaryFolder } from '../../temporary-folder.ts'
import { contractService } from '../contract.ts'

const BROWSERS = ['chromium', 'chromium-browser', 'google-chrome']

function browser(): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter)
  return folders.flatMap((folder) => BROWSERS.map((name) => join(folder, name))).find((path) => existsSync(path))
}

t.test('attack 10: the documentation is shown over plain HTTP through any host name, and keeps nothing', async (t) => {
  const { app, inject } = await contractService(t)

  await t.test('attack 10: no answer of the page asks for TLS or for another service', async (t) => {
    const page = await inject({ method: 'GET', url: '/docs/' })
    t.equal(page.status, 200)
    const linked = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, place]) => place ?? '')
    t.ok(linked.length > 4, 'the page needs scripts and styles')
    for (const place of ['/docs', ...linked.map((place) => new URL(place, 'http://x/docs/').pathname)]) {
      const { status, headers } = await inject({ method: 'GET', url: place })
      t.equal(status, 200, place)
      const policy = String(headers['content-security-policy'])
      t.match(policy, /default-src 'self'/, place)
      t.notMatch(policy, /upgrade-insecure-requests|swagger\.io/, place)
    }
    for (const place of linked) t.notMatch(place, /^(https?:)?\/\//, 'everything comes from here')
  })

  await t.test('attack 10: a key that is entered is not kept', async (t) => {
    const { text } = await inject({ method: 'GET', url: '/docs/static/swagger-initializer.js' })
    t.match(text, /"persistAuthorization":\s*false/)
    t.match(text, /"validatorUrl":\s*null/)
    const forget = await inject({ method: 'GET', url: '/docs/static/theme/forget.js' })
    t.match(forget.text, /localStorage\.removeItem\('authorized'\)/, 'nor one that an earlier version kept')
  })

  const program = browser()
  const skip = program === undefined ? 'there is no Chromium on this machine' : false
  await t.test(
    'attack 10: a browser shows every operation, whatever the host is called',
    { skip, timeout: 180_000 },
    async (t) => {
      await app.listen({ host: '127.0.0.1', port: 0 })
      const { port } = app.server.address() as AddressInfo
      const { stdout } = await promisify(execFile)(
        program ?? '',
        [
          '--headless=new',
          '--no-sandbox',
          '--disable-gpu',
          '--disable-dev-shm-usage',
          `--user-data-dir=${temporaryFolder(t)}`,
          // As a name that no browser takes for the machine itself.
          '--host-resolver-rules=MAP credence.example 127.0.0.1',
          '--virtual-time-budget=60000',
          '--dump-dom',
          `http://credence.example:${port}/docs`
        ],
        { timeout: 120_000, maxBuffer: 64 * 1_048_576 }
      )
      for (const path of ['/v1/credit-checks', '/v1/customers', '/v1/models'])
        t.ok(stdout.includes(`data-path="${path}"`), `${path} is shown`)
    }
  )
})
