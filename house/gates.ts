import { posix } from 'node:path'
import { deadExports } from './dead-exports.ts'
import { circlesOf, type Graph, graphOf, wayBack } from './graph.ts'
import { COMMENT_COLUMNS_MAX, FILE_LINES_MAX, FOLDER_FILES_MAX, PACKAGE_ENTRY, ROOMS } from './import-rules.ts'
import { mayImport, roleOf, roomOf } from './roles.ts'
import type { SourceFile, Tree } from './tree.ts'
import { rightsOf } from './words.ts'

export const GATES = [
  'circles of files',
  'circles of rooms',
  'arrows up',
  'without a place',
  'large folders',
  'large files',
  'long comments',
  'dead exports'
] as const
export type Gate = (typeof GATES)[number]

/** One place where the house is not as its rules want it. */
export interface Breach {
  readonly gate: Gate
  /** The file, folder, room, arrow or name that breaks the rule. */
  readonly key: string
  /** Where it is, what is wrong, and how to mend it. */
  readonly sentence: string
}

/** Every breach of every rule. */
export function breachesOf(tree: Tree): Breach[] {
  return [
    ...fileCircles(tree),
    ...roomCircles(tree),
    ...arrowsUp(tree),
    ...withoutPlace(tree),
    ...largeFolders(tree),
    ...largeFiles(tree),
    ...longComments(tree),
    ...deadExportsOf(tree)
  ]
}

export function inSource(tree: Tree): SourceFile[] {
  return [...tree.values()].filter(({ path }) => path.startsWith('src/'))
}

/** The imports of files by files, types among them. */
export function fileGraph(tree: Tree): Graph {
  const arrows = [...tree.values()].flatMap(({ path, imports }) => imports.map(({ from }) => [path, from] as const))
  return graphOf(tree.keys(), arrows)
}

/** The imports of rooms by rooms. The engine's door belongs to no room. */
export function roomGraph(tree: Tree): Graph {
  const arrows = betweenRooms(tree).map(({ room, other }) => [room, other] as const)
  return graphOf(new Set(inSource(tree).flatMap(({ path }) => roomOf(path) ?? [])), arrows)
}

interface RoomArrow {
  readonly room: string
  readonly other: string
  readonly place: string
  readonly from: string
}

/** Every import by which one room takes something from another. */
function betweenRooms(tree: Tree): RoomArrow[] {
  return inSource(tree).flatMap(({ path, imports }) =>
    imports.flatMap(({ from, line }) => {
      const [room, other] = [roomOf(path), roomOf(from)]
      if (room === undefined || other === undefined || room === other) return []
      return [{ room, other, place: `${path}:${line}`, from }]
    })
  )
}

function fileCircles(tree: Tree): Breach[] {
  const graph = fileGraph(tree)
  return circlesOf(graph)
    .flat()
    .map((path) => ({
      gate: 'circles of files',
      key: path,
      sentence: `${path} leads back to itself: ${wayBack(graph, path).join(' → ')}. Move what they share, often a type, into a file below both.`
    }))
}

function roomCircles(tree: Tree): Breach[] {
  const graph = roomGraph(tree)
  return circlesOf(graph)
    .flat()
    .map((room) => ({
      gate: 'circles of rooms',
      key: room,
      sentence: `src/${room} leads back to itself: ${wayBack(graph, room).join(' → ')}. Move what they share into the lower room.`
    }))
}

function arrowsUp(tree: Tree): Breach[] {
  const byRole = inSource(tree).flatMap((file) => refusedByRole(file))
  return [...againstOrder(tree), ...byRole].map((each) => ({ gate: 'arrows up', ...each }))
}

type Arrow = Pick<Breach, 'key' | 'sentence'>

function againstOrder(tree: Tree): Arrow[] {
  // A room without a place in the order is told of as that, and is taken for the highest here.
  const heightOf = (room: string) => (ROOMS.includes(room) ? ROOMS.indexOf(room) : ROOMS.length)
  const up = betweenRooms(tree).filter(({ room, other }) => heightOf(room) < heightOf(other))
  return up.map(({ room, other, place, from }) => ({
    key: `${room} → ${other}`,
    sentence: `${place} imports ${from}, but ${room} stands below ${other}. Move what it needs down, or hand it in as an argument.`
  }))
}

function refusedByRole({ path, imports }: SourceFile): Arrow[] {
  const role = roleOf(path)
  if (role === undefined) return []
  const refused = imports.filter((each) => !mayImport(role, path, each))
  return refused.map(({ from, line }) => ({
    key: `${path} → ${from}`,
    sentence: `${path}:${line} imports ${from}. ${rightsOf(role)} Move the code into a file that may.`
  }))
}

function withoutPlace(tree: Tree): Breach[] {
  const rooms = [...roomGraph(tree).keys()].filter((room) => !ROOMS.includes(room))
  const files = inSource(tree).map(({ path }) => path)
  const lost = [
    ...rooms.map((room) => ({
      key: room,
      sentence: `src/${room} has no place among the rooms. Name it in ROOMS of house/import-rules.ts, after what it imports.`
    })),
    ...files.filter(isBesideRooms).map((path) => ({
      key: path,
      sentence: `${path} stands in no room. Move it into one.`
    })),
    ...files
      .filter((path) => roleOf(path) === undefined)
      .map((path) => ({
        key: path,
        sentence: `${path} has no role. Move its code into a file that has one, or give it a role in house/import-rules.ts.`
      }))
  ]
  return lost.map((each) => ({ gate: 'without a place', ...each }))
}

/** A file of the platform or the engine in none of their rooms, but for the engine’s door. */
function isBesideRooms(path: string): boolean {
  return /^src\/(engine|platform)\/[^/]+$/.test(path) && path !== PACKAGE_ENTRY
}

/** How many files stand side by side in each folder of `src/`. */
export function foldersOf(tree: Tree): Map<string, number> {
  const folders = new Map<string, number>()
  for (const { path } of inSource(tree)) {
    const folder = posix.dirname(path)
    folders.set(folder, (folders.get(folder) ?? 0) + 1)
  }
  return folders
}

function largeFolders(tree: Tree): Breach[] {
  const large = [...foldersOf(tree)].filter(([, files]) => files > FOLDER_FILES_MAX)
  return large.map(([folder, files]) => ({
    gate: 'large folders',
    key: folder,
    sentence: `${folder} holds ${files} files side by side, ${FOLDER_FILES_MAX} at most. Put those that belong together into a folder.`
  }))
}

function largeFiles(tree: Tree): Breach[] {
  const large = [...tree.values()].filter(
    ({ path, lines, isTable }) => lines > FILE_LINES_MAX && !isTable && !path.startsWith('test/')
  )
  return large.map(({ path, lines }) => ({
    gate: 'large files',
    key: path,
    sentence: `${path} has ${lines} lines, ${FILE_LINES_MAX} at most for a file that is no table. Split it by what changes together.`
  }))
}

function longComments(tree: Tree): Breach[] {
  return [...tree.values()].flatMap(({ path, longComments }) =>
    longComments.map((line) => ({
      gate: 'long comments',
      key: path,
      sentence: `${path}:${line} has a comment beyond column ${COMMENT_COLUMNS_MAX}. Shorten or break it.`
    }))
  )
}

function deadExportsOf(tree: Tree): Breach[] {
  return deadExports(tree).map(({ path, line, name }) => ({
    gate: 'dead exports',
    key: name,
    sentence: `${path}:${line} exports ${name}, which no other file uses. Drop the export, or the code.`
  }))
}
