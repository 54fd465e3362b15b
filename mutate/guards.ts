import { globSync } from 'node:fs'
import { basename } from 'node:path'
import type { Tree } from '../house/tree.ts'
import type { Part } from './parts.ts'

/**
 * The test files that are to notice a fault in a file, the likeliest first: those that import it
 * themselves or bear its name, then those that reach it through few files, then the rest of what
 * the part names.
 */
export function guardsOf(tree: Tree, { tests }: Part, path: string): string[] {
  const named = tests.flatMap((each) => (each.endsWith('.ts') ? [each] : globSync(`${each}/**/*.test.ts`).sort()))
  const importing = [...tree.keys()]
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => ({ file, reached: reachedFrom(tree, file) }))
    .filter(({ file, reached }) => reached.has(path) && (isDirect(tree, file, path) || named.includes(file)))
    .sort(
      (left, right) =>
        rank(tree, left.file, path) - rank(tree, right.file, path) || left.reached.size - right.reached.size
    )
    .map(({ file }) => file)
  return [...new Set([...importing, ...named])]
}

function rank(tree: Tree, file: string, path: string): number {
  if (basename(file).startsWith(basename(path, '.ts'))) return 0
  return isDirect(tree, file, path) ? 1 : 2
}

function isDirect(tree: Tree, file: string, path: string): boolean {
  return tree.get(file)?.imports.some(({ from, isTypeOnly }) => from === path && !isTypeOnly) ?? false
}

/** The files that a file loads, by whatever way. */
function reachedFrom(tree: Tree, file: string): Set<string> {
  const reached = new Set<string>()
  const waiting = [file]
  for (let each = waiting.pop(); each !== undefined; each = waiting.pop()) {
    if (reached.has(each)) continue
    reached.add(each)
    for (const { from, isFile, isTypeOnly } of tree.get(each)?.imports ?? [])
      if (isFile && !isTypeOnly) waiting.push(from)
  }
  return reached
}
