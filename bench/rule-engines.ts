import { ZenEngine } from '@gorules/zen-engine'
import { Engine } from 'json-rules-engine'
import { CARD, CARD_BASE, CARD_BOUNDS, CARD_POINTS, type CardValues } from './card.ts'

const ids = CARD.characteristics.map(({ id }) => id)

/** A decision table for each characteristic, the first row that holds counts, and their sum. */
function zenTables(): object {
  const tables = ids.map((id, index) => ({
    id: `table${index}`,
    name: `table${index}`,
    type: 'decisionTableNode',
    content: {
      hitPolicy: 'first',
      inputs: [{ id: 'value', name: 'value', type: 'expression', field: id }],
      outputs: [{ id: 'points', name: 'points', type: 'expression', field: `points${index}` }],
      rules: CARD_POINTS.map((points, place) => ({
        _id: `rule${place}`,
        value: place < CARD_BOUNDS.length ? `< ${CARD_BOUNDS[place]}` : '',
        points: String(points)
      }))
    }
  }))
  const sum = {
    id: 'sum',
    name: 'sum',
    type: 'expressionNode',
    content: {
      expressions: [
        { id: 'score', key: 'score', value: [CARD_BASE, ...ids.map((_, index) => `points${index}`)].join(' + ') }
      ]
    }
  }
  return graph([...tables, sum], (edge) => [
    ...tables.flatMap(({ id }) => [edge('input', id), edge(id, 'sum')]),
    edge('sum', 'output')
  ])
}

/** All of it as one expression. */
function zenExpression(): object {
  const points = (id: string) =>
    CARD_BOUNDS.reduceRight(
      (rest, bound, place) => `(${id} < ${bound} ? ${CARD_POINTS[place]} : ${rest})`,
      String(CARD_POINTS.at(-1))
    )
  const node = {
    id: 'sum',
    name: 'sum',
    type: 'expressionNode',
    content: { expressions: [{ id: 'score', key: 'score', value: [CARD_BASE, ...ids.map(points)].join(' + ') }] }
  }
  return graph([node], (edge) => [edge('input', 'sum'), edge('sum', 'output')])
}

interface Edge {
  readonly id: string
  readonly type: 'edge'
  readonly sourceId: string
  readonly targetId: string
}

function graph(nodes: readonly object[], edges: (edge: (from: string, to: string) => Edge) => Edge[]): object {
  const edge = (from: string, to: string): Edge => ({ id: `${from}-${to}`, type: 'edge', sourceId: from, targetId: to })
  const ends = [
    { id: 'input', name: 'input', type: 'inputNode' },
    { id: 'output', name: 'output', type: 'outputNode' }
  ]
  return { contentType: 'application/vnd.gorules.decision', nodes: [...ends, ...nodes], edges: edges(edge) }
}

/** A rule for each attribute; the events that fire carry the points. */
function rulesEngine(): Engine {
  const engine = new Engine()
  for (const id of ids) {
    CARD_POINTS.forEach((points, place) => {
      const from = CARD_BOUNDS[place - 1]
      const to = CARD_BOUNDS[place]
      const all = [
        ...(from === undefined ? [] : [{ fact: id, operator: 'greaterThanInclusive', value: from }]),
        ...(to === undefined ? [] : [{ fact: id, operator: 'lessThan', value: to }])
      ]
      engine.addRule({ conditions: { all }, event: { type: 'points', params: { points } } })
    })
  }
  return engine
}

const zen = new ZenEngine()
const tables = zen.createDecision(zenTables())
const expression = zen.createDecision(zenExpression())
const rules = rulesEngine()

/** The score by zen-engine, the card written as a decision table for each characteristic. */
export async function zenTablesScore(values: CardValues): Promise<number> {
  return zenScore(tables, values)
}

/** The score by zen-engine, the card written as one expression. */
export async function zenExpressionScore(values: CardValues): Promise<number> {
  return zenScore(expression, values)
}

async function zenScore(decision: typeof tables, values: CardValues): Promise<number> {
  const { result } = await decision.evaluate(values)
  return result.score as number
}

/** The score by json-rules-engine, a rule for each attribute. */
export async function jsonRulesScore(values: CardValues): Promise<number> {
  const { events } = await rules.run(values)
  return events.reduce((sum, { params }) => sum + (params?.points as number), CARD_BASE)
}
