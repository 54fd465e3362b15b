import { type Breach, fileGraph, foldersOf, GATES, inSource, roomGraph } from './gates.ts'
import { circlesOf, floorsOf, type Graph, graphOf, wayBack } from './graph.ts'
import { ROOMS } from './import-rules.ts'
import { roomOf } from './roles.ts'
import type { Tree } from './tree.ts'

/** So many of the largest files are named. */
const LARGEST_FILES = 8

/** The rooms of each part, by their names. A floor counts inside its part. */
const PARTS = { platform: /^platform\//, engine: /^engine\//, service: /^(?!platform\/|engine\/)/ }
/** The engine without its door, which stands above all of it. */
const INSIDE_THE_ENGINE = /^src\/engine\/(?!index\.ts$)/

/** The house as it stands: rooms, floors, circles, arrows up, what is largest, what is amiss. */
export function reportOf(tree: Tree, breaches: readonly Breach[]): string {
  const parts: [title: string, lines: string[]][] = [
    ['rooms, from the ground up', roomLines(tree)],
    ['floors', floorLines(tree)],
    ['circles of files, types counted', circleLines(fileGraph(tree))],
    ['circles of rooms, types counted', circleLines(roomGraph(tree))],
    ['arrows up', breaches.filter(({ gate }) => gate === 'arrows up').map(({ sentence }) => sentence)],
    ['largest folder', largest(foldersOf(tree), 'files', 1)],
    ['largest files', largest(fileLines(tree), 'lines', LARGEST_FILES)],
    ['breaches', breachLines(breaches)]
  ]
  return parts
    .map(([title, lines]) => [title, ...(lines.length > 0 ? lines : ['none']).map(indented)].join('\n'))
    .join('\n\n')
}

function roomLines(tree: Tree): string[] {
  const files = inSource(tree)
  const graph = roomGraph(tree)
  const floors = new Map(Object.values(PARTS).flatMap((names) => [...floorsOf(partOf(graph, names))]))
  const unordered = [...graph.keys()].filter((room) => !ROOMS.includes(room))
  return [...ROOMS, ...unordered]
    .filter((room) => graph.has(room))
    .map((room) => {
      const own = files.filter(({ path }) => roomOf(path) === room)
      const lines = own.reduce((sum, each) => sum + each.lines, 0)
      return `${room.padEnd(24)}${number(own.length)} files ${number(lines)} lines   floor ${floors.get(room)}`
    })
}

function floorLines(tree: Tree): string[] {
  const rooms = roomGraph(tree)
  const files = partOf(fileGraph(tree), INSIDE_THE_ENGINE)
  return [
    ...Object.entries(PARTS).map(([part, names]) => `${number(height(partOf(rooms, names)))} of the ${part}’s rooms`),
    `${number(height(files))} of the engine’s files`
  ]
}

/** The nodes with these names, and what leads from one to another. */
function partOf(graph: Graph, names: RegExp): Graph {
  const nodes = [...graph.keys()].filter((node) => names.test(node))
  const arrows = nodes.flatMap((from) => [...(graph.get(from) ?? [])].map((to) => [from, to] as const))
  return graphOf(nodes, arrows)
}

function height(graph: Graph): number {
  return Math.max(0, ...floorsOf(graph).values())
}

function circleLines(graph: Graph): string[] {
  return circlesOf(graph).map((circle) => {
    const [first = ''] = circle
    const way = wayBack(graph, first).join(' → ')
    return circle.length < wayBack(graph, first).length ? way : `${way}, and so with ${circle.length} in all`
  })
}

function largest(sizes: ReadonlyMap<string, number>, unit: string, most: number): string[] {
  const sorted = [...sizes].sort(([, left], [, right]) => right - left).slice(0, most)
  return sorted.map(([name, size]) => `${number(size)} ${unit}  ${name}`)
}

function fileLines(tree: Tree): Map<string, number> {
  return new Map(inSource(tree).map(({ path, lines, isTable }) => [isTable ? `${path} (a table)` : path, lines]))
}

function breachLines(breaches: readonly Breach[]): string[] {
  return GATES.map((gate) => `${number(breaches.filter((each) => each.gate === gate).length)} ${gate}`)
}

function number(value: number): string {
  return String(value).padStart(6)
}

function indented(line: string): string {
  return `  ${line}`
}
