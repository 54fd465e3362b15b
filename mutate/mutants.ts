import ts from 'typescript'

/** One small fault that is put into a file. */
export interface Mutant {
  readonly path: string
  readonly line: number
  /** The characters that are replaced: from the first up to, not including, the last. */
  readonly from: number
  readonly to: number
  readonly before: string
  readonly after: string
}

type Change = Pick<Mutant, 'from' | 'to' | 'after'>

const OPERATORS: Partial<Record<ts.SyntaxKind, readonly string[]>> = {
  [ts.SyntaxKind.LessThanToken]: ['<=', '>='],
  [ts.SyntaxKind.LessThanEqualsToken]: ['<', '>'],
  [ts.SyntaxKind.GreaterThanToken]: ['>=', '<='],
  [ts.SyntaxKind.GreaterThanEqualsToken]: ['>', '<'],
  [ts.SyntaxKind.EqualsEqualsEqualsToken]: ['!=='],
  [ts.SyntaxKind.ExclamationEqualsEqualsToken]: ['==='],
  [ts.SyntaxKind.PlusToken]: ['-'],
  [ts.SyntaxKind.MinusToken]: ['+'],
  [ts.SyntaxKind.AsteriskToken]: ['/'],
  [ts.SyntaxKind.SlashToken]: ['*'],
  [ts.SyntaxKind.PlusEqualsToken]: ['-='],
  [ts.SyntaxKind.MinusEqualsToken]: ['+='],
  [ts.SyntaxKind.AmpersandAmpersandToken]: ['||'],
  [ts.SyntaxKind.BarBarToken]: ['&&']
}

const METHODS: Readonly<Record<string, string>> = {
  max: 'min',
  min: 'max',
  some: 'every',
  every: 'some',
  floor: 'ceil',
  ceil: 'floor',
  round: 'floor'
}

/** What is mutated in the text of a statement for the database. */
const SQL_WORDS: readonly (readonly [RegExp, string])[] = [
  [/ <= /g, ' < '],
  [/ >= /g, ' > '],
  [/ < /g, ' <= '],
  [/ > /g, ' >= '],
  [/ <> /g, ' = '],
  [/ \+ /g, ' - '],
  [/ - /g, ' + '],
  [/ and (?!\d)/g, ' or '],
  [/ or /g, ' and '],
  [/\bnot /g, ''],
  [/\bis null\b/g, 'is not null'],
  [/\bis not null\b/g, 'is null'],
  [/\bgreatest\(/g, 'least('],
  [/\bleast\(/g, 'greatest('],
  [/ desc\b/g, ' asc']
]

/**
 * Every fault that is planted in a file: other comparisons, arithmetic, logic, numbers and
 * conditions, statements left out, and the same in statements for the database. Nothing in types,
 * imports and sentences.
 */
export function mutantsOf(path: string, text: string): Mutant[] {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.ES2024, true)
  const changes: Change[] = []
  visit(source, source, changes)
  return changes.map((change) => ({
    path,
    line: source.getLineAndCharacterOfPosition(change.from).line + 1,
    before: text.slice(change.from, change.to),
    ...change
  }))
}

function visit(node: ts.Node, source: ts.SourceFile, changes: Change[]): void {
  if (ts.isTypeNode(node) || ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return
  if (ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)) return
  changes.push(...changesOf(node, source))
  ts.forEachChild(node, (child) => visit(child, source, changes))
}

function changesOf(node: ts.Node, source: ts.SourceFile): Change[] {
  const whole = (after: string): Change => ({ from: node.getStart(source), to: node.end, after })
  if (ts.isBinaryExpression(node)) return operatorChanges(node, source)
  if (ts.isTemplateExpression(node) || ts.isNoSubstitutionTemplateLiteral(node)) return sqlChanges(node, source)
  if (node.kind === ts.SyntaxKind.TrueKeyword) return [whole('false')]
  if (node.kind === ts.SyntaxKind.FalseKeyword) return [whole('true')]
  if (ts.isNumericLiteral(node)) return [whole(`(${node.getText(source)} + 1)`)].filter(() => isValue(node))
  if (ts.isPrefixUnaryExpression(node) && node.operator === ts.SyntaxKind.ExclamationToken)
    return [whole(node.operand.getText(source))]
  if (ts.isConditionalExpression(node)) return [negated(node.condition, source)]
  if (ts.isIfStatement(node)) return [negated(node.expression, source)]
  if (ts.isExpressionStatement(node) && ts.isCallExpression(node.expression)) return [whole(';')]
  if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression)) return methodChanges(node, source)
  return []
}

function operatorChanges({ operatorToken, left }: ts.BinaryExpression, source: ts.SourceFile): Change[] {
  const isText = ts.isStringLiteralLike(left) || ts.isTemplateExpression(left)
  const found = isText ? [] : (OPERATORS[operatorToken.kind] ?? [])
  return found.map((after) => ({ from: operatorToken.getStart(source), to: operatorToken.end, after }))
}

function methodChanges({ expression }: ts.CallExpression, source: ts.SourceFile): Change[] {
  if (!ts.isPropertyAccessExpression(expression)) return []
  const { name } = expression
  const after = Object.hasOwn(METHODS, name.text) ? METHODS[name.text] : undefined
  return after === undefined ? [] : [{ from: name.getStart(source), to: name.end, after }]
}

function sqlChanges(node: ts.TemplateExpression | ts.NoSubstitutionTemplateLiteral, source: ts.SourceFile): Change[] {
  if (!ts.isTaggedTemplateExpression(node.parent) || !node.parent.tag.getText(source).startsWith('sql')) return []
  const parts = ts.isTemplateExpression(node)
    ? [node.head, ...node.templateSpans.map(({ literal }) => literal)]
    : [node]
  return parts.flatMap((part) => {
    const start = part.getStart(source)
    const text = source.text.slice(start, part.end)
    return SQL_WORDS.flatMap(([word, after]) =>
      [...text.matchAll(word)].map(({ index, 0: found }) => ({
        from: start + index,
        to: start + index + found.length,
        after
      }))
    )
  })
}

function negated(condition: ts.Expression, source: ts.SourceFile): Change {
  return { from: condition.getStart(source), to: condition.end, after: `!(${condition.getText(source)})` }
}

/** Not the name of a property, and not a part of a type. */
function isValue(node: ts.NumericLiteral): boolean {
  return !ts.isPropertyAssignment(node.parent) || node.parent.name !== node
}
