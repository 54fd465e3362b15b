import { globSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import ts from 'typescript'
import { COMMENT_COLUMNS_MAX } from './import-rules.ts'

/** One file of the repository, as far as the rules look at it. */
export interface SourceFile {
  /** From the root of the repository, with slashes. */
  readonly path: string
  readonly lines: number
  /** It declares data, types and schemas: each of its functions is a single expression. */
  readonly isTable: boolean
  readonly imports: readonly Import[]
  readonly exports: readonly Export[]
  /** The files whose names it passes on, all of them (`export *`). */
  readonly passesOn: readonly string[]
  /** The lines that end in a comment and are too long. */
  readonly longComments: readonly number[]
}

/** What one statement takes from another file or from a package. */
export interface Import {
  /** The path of the file from the root, or the package as it was written. */
  readonly from: string
  readonly isFile: boolean
  readonly names: readonly string[] | 'all'
  readonly isTypeOnly: boolean
  readonly line: number
}

interface Export {
  readonly name: string
  readonly line: number
  /** Where the name comes from, if this file only passes it on. */
  readonly origin?: { readonly path: string; readonly name: string }
}

export type Tree = ReadonlyMap<string, SourceFile>

const FOLDERS = '{bench,demo,examples,house,migrations,models,mutate,openapi,policies,src,test,validate}'

/** All TypeScript files of the repository at `root` by their path, in the order of their paths. */
export function readTree(root: string): Tree {
  const paths = globSync(`${FOLDERS}/**/*.ts`, { cwd: root }).sort()
  return new Map(paths.map((path) => [path, readSource(path, readFileSync(join(root, path), 'utf8'))]))
}

function readSource(path: string, text: string): SourceFile {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.ES2024, true)
  const nodes = [...within(source)]
  return {
    path,
    lines: source.getLineAndCharacterOfPosition(text.length).line,
    isTable: !nodes.some((node) => isControlFlow(node) || isLongBody(node)),
    imports: nodes.flatMap((node) => importsOf(node, path, lineOf(node, source))),
    exports: source.statements.flatMap((statement) => exportsOf(statement, path, lineOf(statement, source))),
    passesOn: source.statements.flatMap((statement) => passedOnBy(statement, path)),
    longComments: longCommentsOf(source)
  }
}

function* within(node: ts.Node): Generator<ts.Node> {
  const children: ts.Node[] = []
  ts.forEachChild(node, (child) => {
    children.push(child)
  })
  for (const child of children) {
    yield child
    yield* within(child)
  }
}

function lineOf(node: ts.Node, source: ts.SourceFile): number {
  return source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1
}

function isControlFlow(node: ts.Node): boolean {
  return (
    ts.isIterationStatement(node, false) ||
    ts.isIfStatement(node) ||
    ts.isSwitchStatement(node) ||
    ts.isTryStatement(node)
  )
}

/** A function that does more than answer with one expression. */
function isLongBody(node: ts.Node): boolean {
  if (!ts.isBlock(node) || !ts.isFunctionLike(node.parent)) return false
  const [first, ...others] = node.statements
  return others.length > 0 || (first !== undefined && !ts.isReturnStatement(first))
}

/** The file that a specifier names, or the package. */
function target(path: string, specifier: ts.Node): { from: string; isFile: boolean } | undefined {
  if (!ts.isStringLiteralLike(specifier)) return undefined
  const isFile = specifier.text.startsWith('.')
  return { from: isFile ? posix.join(posix.dirname(path), specifier.text) : specifier.text, isFile }
}

function importsOf(node: ts.Node, path: string, line: number): Import[] {
  const [specifier, taken] = takenBy(node)
  const from = specifier && target(path, specifier)
  return from && taken ? [{ ...from, ...taken, line }] : []
}

type Taken = Pick<Import, 'names' | 'isTypeOnly'>

/** Where a node imports from, if it does, and what it takes from there. */
function takenBy(node: ts.Node): [ts.Node, Taken] | [] {
  if (ts.isImportDeclaration(node)) return [node.moduleSpecifier, takenByClause(node.importClause)]
  // The names of `export … from` count as taken where they are taken from this file in turn.
  if (ts.isExportDeclaration(node) && node.moduleSpecifier)
    return [node.moduleSpecifier, { names: [], isTypeOnly: node.isTypeOnly }]
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword && node.arguments[0])
    return [node.arguments[0], { names: 'all', isTypeOnly: false }]
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument))
    return [node.argument.literal, { names: 'all', isTypeOnly: true }]
  if (ts.isModuleDeclaration(node) && node.body && ts.isModuleBlock(node.body))
    return [node.name, { names: node.body.statements.flatMap(nameOf), isTypeOnly: true }]
  return []
}

/** The interface that a statement of `declare module` adds to. */
function nameOf(statement: ts.Statement): string[] {
  return ts.isInterfaceDeclaration(statement) ? [statement.name.text] : []
}

function takenByClause(clause: ts.ImportClause | undefined): Taken {
  const { name, namedBindings, isTypeOnly = false } = clause ?? {}
  if (namedBindings && ts.isNamespaceImport(namedBindings)) return { names: 'all', isTypeOnly }
  const elements = namedBindings?.elements ?? []
  const names = elements.map((element) => (element.propertyName ?? element.name).text)
  return {
    names: name ? ['default', ...names] : names,
    isTypeOnly: isTypeOnly || (names.length > 0 && !name && elements.every((element) => element.isTypeOnly))
  }
}

function exportsOf(statement: ts.Statement, path: string, line: number): Export[] {
  if (ts.isExportDeclaration(statement)) {
    const { exportClause, moduleSpecifier } = statement
    const from = moduleSpecifier && target(path, moduleSpecifier)
    if (!exportClause || !ts.isNamedExports(exportClause)) return []
    return exportClause.elements.map(({ name, propertyName = name }) => ({
      name: name.text,
      line: line,
      ...(from?.isFile && { origin: { path: from.from, name: propertyName.text } })
    }))
  }
  const isExported =
    ts.canHaveModifiers(statement) &&
    ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)
  return isExported ? declaredNames(statement).map((name) => ({ name, line })) : []
}

function declaredNames(statement: ts.Statement): string[] {
  if (ts.isVariableStatement(statement))
    return statement.declarationList.declarations.flatMap(({ name }) => boundNames(name))
  if (
    ts.isFunctionDeclaration(statement) ||
    ts.isClassDeclaration(statement) ||
    ts.isInterfaceDeclaration(statement) ||
    ts.isTypeAliasDeclaration(statement)
  )
    return [statement.name?.text ?? 'default']
  return []
}

function boundNames(name: ts.BindingName): string[] {
  if (ts.isIdentifier(name)) return [name.text]
  return name.elements.flatMap((element) => (ts.isBindingElement(element) ? boundNames(element.name) : []))
}

function passedOnBy(statement: ts.Statement, path: string): string[] {
  if (!ts.isExportDeclaration(statement) || statement.exportClause || !statement.moduleSpecifier) return []
  const from = target(path, statement.moduleSpecifier)
  return from?.isFile ? [from.from] : []
}

function longCommentsOf(source: ts.SourceFile): number[] {
  const lines = source.text.split('\n')
  const ends = source.getLineStarts().map((start, index) => start + (lines[index] ?? '').length)
  const long = lines.flatMap((line, index) => ([...line].length > COMMENT_COLUMNS_MAX ? [index] : []))
  if (long.length === 0) return []
  const gaps = gapsOf(source, source)
  const endsInComment = (index: number) =>
    gaps.some(([from, to]) => from < (ends[index] ?? 0) && (ends[index] ?? 0) <= to)
  return long.filter(endsInComment).map((index) => index + 1)
}

/** What stands between the tokens: white space and comments. */
function gapsOf(node: ts.Node, source: ts.SourceFile): [from: number, to: number][] {
  const children = node
    .getChildren(source)
    .filter(({ kind }) => kind < ts.SyntaxKind.FirstJSDocNode || kind > ts.SyntaxKind.LastJSDocNode)
  if (children.length === 0) return [[node.getFullStart(), node.getStart(source)]]
  return children.flatMap((child) => gapsOf(child, source))
}
