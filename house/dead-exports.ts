import { PACKAGE_ENTRY } from './import-rules.ts'
import type { Tree } from './tree.ts'

/** An exported name that no other file of the repository imports. */
interface DeadExport {
  readonly path: string
  readonly line: number
  readonly name: string
}

/** The exports that nothing else uses; what the package promises is used by others. */
export function deadExports(tree: Tree): DeadExport[] {
  const used = usedNames(tree)
  return [...tree.values()].flatMap(({ path, exports }) =>
    exports.filter(({ name }) => !used.get(path)?.has(name)).map(({ name, line }) => ({ path, line, name }))
  )
}

/** The names that are used of each file: imported from it, or from a file that passes them on. */
function usedNames(tree: Tree): Map<string, Set<string>> {
  const used = new Map<string, Set<string>>([...tree.keys()].map((path) => [path, new Set()]))
  const use = (path: string, name: string) => {
    const [file, names] = [tree.get(path), used.get(path)]
    if (!file || !names || names.has(name)) return
    names.add(name)
    const own = file.exports.find((each) => each.name === name)
    if (own?.origin) use(own.origin.path, own.origin.name)
    if (!own) for (const other of file.passesOn) use(other, name)
  }
  const useAll = (path: string) => {
    for (const name of namesOf(tree, path)) use(path, name)
  }
  useAll(PACKAGE_ENTRY)
  for (const { imports } of tree.values()) {
    for (const { from, names } of imports) {
      if (names === 'all') useAll(from)
      else for (const name of names) use(from, name)
    }
  }
  return used
}

function namesOf(tree: Tree, path: string): string[] {
  const { exports, passesOn } = tree.get(path) ?? { exports: [], passesOn: [] }
  return [...exports.map(({ name }) => name), ...passesOn.flatMap((other) => namesOf(tree, other))]
}
