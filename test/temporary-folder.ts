import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'

/**
 * A folder for one test, removed when the test has ended and everything that it set up after this
 * call is torn down. It is not tap's own testdir, because that one goes before the processes that
 * still write to it.
 */
export function temporaryFolder(t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), 'credence-test-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}
