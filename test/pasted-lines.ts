import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Test } from 'tap'
import { temporaryFolder } from './temporary-folder.ts'

const root = join(import.meta.dirname, '..')

/** The lines of a document that a reader pastes into a shell, in their order. */
export function pastedLines(document: string): string {
  const blocks = readFileSync(join(root, document), 'utf8').matchAll(/```sh\n([\s\S]*?)```/g)
  return [...blocks].map(([, lines]) => lines).join('\n')
}

/**
 * Pastes the lines of some documents, one after the other, into a shell beside a new service, and
 * answers what each call printed.
 */
export async function paste(t: Test, ...documents: readonly string[]): Promise<Record<string, unknown>[][]> {
  const folder = temporaryFolder(t)
  const { url, key } = await startService(t, join(folder, 'data'))
  const ends = 'end of a document'
  const script = documents
    .map((document) => `${pastedLines(document)}\necho ${ends}`)
    .join('\n')
    .replace(/export CREDENCE=.*/, `export CREDENCE=${url}`)
    .replace(/export KEY=.*/, `export KEY=${key}`)
  const output = await run('bash', ['-euo', 'pipefail', '-c', script], folder)
  return output
    .split(`${ends}\n`)
    .slice(0, -1)
    .map((printed) =>
      printed
        .split('\n')
        .filter((line) => line.startsWith('{'))
        .map((line) => JSON.parse(line))
    )
}

/** How many items a list of an answer has; 0 where it is no list. */
export function lengthOf(list: unknown): number {
  return Array.isArray(list) ? list.length : 0
}

/** The service as `npm start` starts it, on a free port and a folder of its own. */
async function startService(t: Test, dataDir: string): Promise<{ url: string; key: string }> {
  const service = spawn(process.execPath, [join(root, 'src/main.ts')], {
    env: {
      PATH: process.env.PATH,
      PORT: '0',
      CREDENCE_DATA_DIR: dataDir,
      CREDENCE_ADMIN_KEY_FILE: `${dataDir}.key`,
      // Whoever reads the guides is alone.
      CREDENCE_ONE_PERSON: 'true'
    },
    stdio: ['ignore', 'pipe', 'inherit']
  })
  t.teardown(() => stopped(service))
  let said = ''
  // The pipe stays open: the service may still have something to say.
  for await (const chunk of service.stdout.iterator({ destroyOnReturn: false })) {
    said += chunk
    if (said.includes('cred_')) throw new Error('the key is in a file, and is to be shown nowhere')
    const url = /ready at (\S+)/.exec(said)?.[1]
    if (url === undefined) continue
    service.stdout.resume()
    return { url, key: readFileSync(`${dataDir}.key`, 'utf8').trim() }
  }
  throw new Error(`the service did not start: ${said}`)
}

async function stopped(service: ChildProcess): Promise<void> {
  if (service.exitCode !== null) return
  const ended = new Promise((resolve) => service.once('exit', resolve))
  service.kill('SIGTERM')
  await ended
}

async function run(command: string, parameters: string[], cwd: string): Promise<string> {
  const child = spawn(command, parameters, { cwd, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  let errors = ''
  child.stdout.on('data', (chunk) => {
    output += chunk
  })
  child.stderr.on('data', (chunk) => {
    errors += chunk
  })
  const code = await new Promise((resolve) => child.once('close', resolve))
  if (code !== 0) throw new Error(`${command} ended with ${code}: ${errors}\n${output}`)
  return output
}
