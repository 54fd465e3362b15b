import type { CheckPolicy, FileEffect } from '../policy/check-policy.ts'

/**
 * What has come onto a credit file since its rating was made, from the lightest to the gravest.
 * `knockout`: evidence that alone rules credit out; `knockout_withdrawn`: such evidence is
 * withdrawn; `other`: other evidence, statements or the profile.
 */
export const FILE_CHANGES = ['other', 'knockout', 'knockout_withdrawn'] as const
export type FileChange = (typeof FILE_CHANGES)[number]

/** The graver of two changes. */
export function graverChange(before: FileChange | null, change: FileChange): FileChange {
  return before !== null && FILE_CHANGES.indexOf(before) > FILE_CHANGES.indexOf(change) ? before : change
}

/** What a policy does about a change; undefined: nothing, or there is no change. */
export function effectOf({ fileChanged }: CheckPolicy, change: FileChange | null | undefined): FileEffect | undefined {
  if (fileChanged === undefined || change === null || change === undefined) return undefined
  return change === 'other' ? fileChanged.other : fileChanged.knockout
}

/**
 * Whether the rating speaks of a file that is no more. It then declines no order by itself, unless
 * what is new speaks against the customer as well.
 */
export function isOutrun({ fileChanged }: CheckPolicy, change: FileChange | undefined): boolean {
  return fileChanged !== undefined && change !== undefined && change !== 'knockout'
}
