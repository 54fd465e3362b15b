import { loadConfig } from './config.ts'
import { selfCheck } from './journal/commands.ts'
import { openService } from './service.ts'

/** `npm run audit`: verifies the ledger of the configured database, prints each invariant, and ends with exit code 1 when one is broken. */
try {
  const service = await openService(loadConfig())
  try {
    const { valid, customers, entries, findings } = await selfCheck(service.deps)
    for (const { invariant, statement, checked, firstBad } of findings) {
      const found = firstBad === null ? 'holds ' : 'BROKEN'
      process.stdout.write(
        `${found} ${invariant.padEnd(4)} ${statement} (${checked} checked)${firstBad === null ? '' : ` First: ${firstBad}`}\n`
      )
    }
    process.stdout.write(
      `${valid ? 'The ledger is sound' : 'The ledger is BROKEN'}: ${customers} customers, ${entries} journal entries.\n`
    )
    process.exitCode = valid ? 0 : 1
  } finally {
    await service.close()
  }
} catch (error) {
  process.stderr.write(`The audit could not run: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 2
}
