import { loadConfig } from './config.ts'
import { selfCheck } from './journal/commands/self-check.ts'
import { openOnServer } from './storage.ts'

/**
 * `npm run audit`: verifies the ledger of the configured database and prints a line for each
 * invariant. It only reads. Exit code 1: one is broken; 2: the audit could not run.
 */
try {
  const { db, close } = await openOnServer(loadConfig())
  try {
    const { valid, customers, entries, findings, notJudged } = await selfCheck(db)
    for (const { invariant, statement, checked, firstBad } of findings) {
      const found = firstBad === null ? 'holds ' : 'BROKEN'
      process.stdout.write(
        `${found} ${invariant.padEnd(4)} ${statement} (${checked} checked)${firstBad === null ? '' : ` First: ${firstBad}`}\n`
      )
    }
    for (const { invariant, why } of notJudged) process.stdout.write(`-      ${invariant.padEnd(4)} ${why}\n`)
    process.stdout.write(
      `${valid ? 'The ledger is sound' : 'The ledger is BROKEN'}: ${customers} customers, ${entries} journal entries.\n`
    )
    process.exitCode = valid ? 0 : 1
  } finally {
    await close()
  }
} catch (error) {
  process.stderr.write(`The audit could not run: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 2
}
