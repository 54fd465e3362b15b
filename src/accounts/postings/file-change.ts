import type { Row } from '../../database.ts'
import { type FileChange, graverChange } from '../../engine/index.ts'
import type { AccountChanges, LockedAccount } from '../store.ts'

/** How the account is marked, and what the entry says of it. */
interface FileMark {
  readonly changes: AccountChanges
  readonly told: { readonly fileChange?: FileChange }
}

const NOT_MARKED: FileMark = { changes: {}, told: {} }

/**
 * Marks the account for something that comes onto the file: its rating does not know of it. The
 * gravest change stays until an assessment reads the file. Without a rating only what rules credit
 * out is marked: there is nothing else that could be out of date.
 */
export function markFile(
  { account, now }: Pick<LockedAccount, 'now'> & { readonly account: Row<'creditAccounts'> },
  change: FileChange
): FileMark {
  if (account.ratedAt === null && change === 'other') return NOT_MARKED
  const gravest = graverChange(account.fileChange, change)
  const told = { fileChange: gravest }
  if (gravest === account.fileChange) return { changes: {}, told }
  return { changes: { fileChange: gravest, fileChangedAt: now }, told }
}

/** The account after an assessment, which has read the file. */
export const FILE_IS_ASSESSED = { fileChange: null, fileChangedAt: null } as const
