/** A graph by its nodes: for each the nodes that it leads to. */
export type Graph = ReadonlyMap<string, ReadonlySet<string>>

/** The graph of these arrows between these nodes; an arrow from a node to itself is left out. */
export function graphOf(nodes: Iterable<string>, arrows: Iterable<readonly [from: string, to: string]>): Graph {
  const graph = new Map([...nodes].map((node) => [node, new Set<string>()]))
  for (const [from, to] of arrows) if (from !== to && graph.has(to)) graph.get(from)?.add(to)
  return graph
}

/** The groups of nodes that all reach each other (Tarjan 1972), each after those it leads to. */
function groupsOf(graph: Graph): string[][] {
  const groups: string[][] = []
  const seen = new Map<string, number>()
  const open: string[] = []
  const visit = (node: string): number => {
    const place = seen.size
    seen.set(node, place)
    open.push(node)
    let lowest = place
    for (const next of graph.get(node) ?? []) {
      const reached = seen.get(next)
      if (reached === undefined) lowest = Math.min(lowest, visit(next))
      else if (open.includes(next)) lowest = Math.min(lowest, reached)
    }
    if (lowest === place) groups.push(open.splice(open.indexOf(node)))
    return lowest
  }
  for (const node of graph.keys()) if (!seen.has(node)) visit(node)
  return groups
}

/** The groups in which something leads back to itself. */
export function circlesOf(graph: Graph): string[][] {
  return groupsOf(graph).filter((group) => group.length > 1)
}

/** The shortest way from a node back to itself, the node first and last. */
export function wayBack(graph: Graph, node: string): string[] {
  const ways: string[][] = [[node]]
  const seen = new Set<string>()
  for (const way of ways) {
    for (const next of graph.get(way.at(-1) ?? node) ?? []) {
      if (next === node) return [...way, next]
      if (!seen.has(next)) ways.push([...way, next])
      seen.add(next)
    }
  }
  return []
}

/**
 * The floor of each node: 1 if it leads nowhere, else above all it leads to. A circle shares one.
 */
export function floorsOf(graph: Graph): Map<string, number> {
  const floors = new Map<string, number>()
  for (const group of groupsOf(graph)) {
    const below = group.flatMap((node) => [...(graph.get(node) ?? [])]).map((next) => floors.get(next) ?? 0)
    const floor = 1 + Math.max(0, ...below)
    for (const node of group) floors.set(node, floor)
  }
  return floors
}
