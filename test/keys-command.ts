import { execFile } from 'node:child_process'
import { join } from 'node:path'

interface Ran {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs `npm run keys -- …` with these settings. */
export function keys(environment: Record<string, string>, ...args: string[]): Promise<Ran> {
  const file = join(import.meta.dirname, '..', 'src', 'keys.ts')
  const env = { PATH: process.env.PATH, CREDENCE_ALLOW_UNSAFE_DURABILITY: 'true', ...environment }
  return new Promise((resolve) => {
    execFile(process.execPath, [file, ...args], { env }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr })
    )
  })
}
