import { statedFigure } from '../values/spoken.ts'
import type { Text } from '../values/text.ts'
import { allOf, filled } from '../values/wording.ts'
import type { Figures, Statement } from './statement.ts'
import { decimalsOf, hundredths } from './statement-figure.ts'
import { ITEM_IDS, type ItemId, STATEMENT_ITEMS } from './statement-items.ts'
import { BALANCE_SHEET_SUMS, CASH_FLOW_SUMS, INCOME_SUMS, isBounded, type Sum } from './statement-sums.ts'
import texts from './texts.json' with { type: 'json' }

const { faults, terms: signs } = texts

/**
 * One fault of a statement. `pointer` is a JSON pointer into it, `detail` a sentence that states
 * the difference, `zh` the same in Chinese.
 */
export interface StatementFault {
  readonly pointer: string
  readonly code:
    | 'does_not_balance'
    | 'does_not_add_up'
    | 'exceeds_whole'
    | 'negative'
    | 'required'
    | 'opinion_without_audit'
  readonly detail: string
  readonly zh: string
}

function faultAt(pointer: string, code: StatementFault['code'], { en, zh }: Text): StatementFault {
  return { pointer, code, detail: en, zh }
}

/**
 * Every arithmetic fault of a statement, missing totals and the balance first, whatever the order
 * of its fields. A sum is checked exactly where all of its parts are given, or known by their own
 * parts; where some are absent and none can be negative, the others must not exceed it. Sums may
 * differ by the rounding of their figures: half of their smallest printed step for each figure, so
 * a sum of two whole figures by 1. Exact: figures are compared in hundredths. Total: a text that is
 * no figure counts as absent.
 */
export function statementFaults(statement: Statement): StatementFault[] {
  const figures = givenFigures(statement)
  const sums = [...BALANCE_SHEET_SUMS, ...INCOME_SUMS, ...CASH_FLOW_SUMS]
  return [
    ...requiredFaults(figures),
    ...balanceFaults(figures),
    ...sums
      .filter(({ companyAlone }) => companyAlone !== true || !statement.consolidated)
      .flatMap((each) => faultsOfSum(figures, each)),
    ...signFaults(figures),
    ...opinionFaults(statement)
  ]
}

/**
 * The figures of all parts; one that stands in a part where it does not belong counts as absent.
 */
function givenFigures(statement: Statement): Figures {
  return Object.fromEntries(
    ITEM_IDS.flatMap((id) => {
      const part: Figures = statement[STATEMENT_ITEMS[id].part] ?? {}
      return hundredths(part[id]) === undefined ? [] : [[id, part[id]]]
    })
  )
}

/**
 * The given items that an item is known by: itself, or else the parts that make it up; undefined
 * when one of them is absent.
 */
function knownBy(figures: Figures, id: ItemId): readonly ItemId[] | undefined {
  if (figures[id] !== undefined) return [id]
  const sums = [...BALANCE_SHEET_SUMS, ...INCOME_SUMS, ...CASH_FLOW_SUMS]
  return sums
    .filter(({ whole, minus }) => whole === id && minus.length === 0)
    .map(({ plus }) => allKnownBy(figures, plus))
    .find((parts) => parts !== undefined)
}

function allKnownBy(figures: Figures, ids: readonly ItemId[]): readonly ItemId[] | undefined {
  const known = ids.map((id) => knownBy(figures, id))
  return known.includes(undefined) ? undefined : known.flatMap((each) => each ?? [])
}

/** The given items within an item: the item itself, or else those of its parts that are given. */
function givenOf(figures: Figures, id: ItemId): readonly ItemId[] {
  if (figures[id] !== undefined) return [id]
  const sum = BALANCE_SHEET_SUMS.find((each) => each.whole === id && isBounded(each))
  return (sum?.plus ?? []).flatMap((part) => givenOf(figures, part))
}

/** Without its totals a balance sheet cannot be checked. */
function requiredFaults(figures: Figures): StatementFault[] {
  return (['totalAssets', 'totalLiabilities', 'equity'] as const)
    .filter((id) => knownBy(figures, id) === undefined)
    .map((id) => faultAt(pointerTo(id), 'required', filled(faults.required, { name: nameOf(id) })))
}

function balanceFaults(figures: Figures): StatementFault[] {
  const assets = knownBy(figures, 'totalAssets')
  const liabilities = knownBy(figures, 'totalLiabilities')
  const equity = knownBy(figures, 'equity')
  if (assets === undefined || liabilities === undefined || equity === undefined) return []
  return totalFaults(figures, 'does_not_balance', 'totalAssets', assets, [...liabilities, ...equity])
}

/**
 * Parts that make up their whole must add up to it; where some are absent, the others must not
 * exceed it.
 */
function faultsOfSum(figures: Figures, sum: Sum): StatementFault[] {
  if (figures[sum.whole] === undefined) return []
  const plus = allKnownBy(figures, sum.plus)
  const minus = allKnownBy(figures, sum.minus)
  if (plus === undefined || minus === undefined) return isBounded(sum) ? boundFaults(figures, sum) : []
  return sum.minus.length === 0
    ? totalFaults(figures, 'does_not_add_up', sum.whole, [sum.whole], plus)
    : differenceFaults(figures, sum, plus, minus)
}

function boundFaults(figures: Figures, { whole, plus }: Sum): StatementFault[] {
  const parts = plus.flatMap((part) => givenOf(figures, part))
  const total = totalOf(figures, [whole])
  const sum = totalOf(figures, parts)
  if (parts.length === 0 || sum - total <= toleranceOf(figures, [whole, ...parts])) return []
  const values = {
    parts: listed(parts),
    sum: written(sum),
    whole: nameOf(whole),
    total: written(total),
    difference: written(sum - total)
  }
  const detail = filled(parts.length === 1 ? faults.comesToMore : faults.comeToMore, values)
  return [faultAt(pointerTo(whole), 'exceeds_whole', detail)]
}

function totalFaults(
  figures: Figures,
  code: StatementFault['code'],
  at: ItemId,
  left: readonly ItemId[],
  right: readonly ItemId[]
): StatementFault[] {
  const total = totalOf(figures, left)
  const sum = totalOf(figures, right)
  if (Math.abs(total - sum) <= toleranceOf(figures, [...left, ...right])) return []
  const values = {
    left: listed(left),
    total: written(total),
    right: listed(right),
    sum: written(sum),
    difference: written(total - sum)
  }
  return [faultAt(pointerTo(at), code, filled(left.length === 1 ? faults.isOtherThan : faults.addUpOtherwise, values))]
}

function differenceFaults(
  figures: Figures,
  { whole, within }: Sum,
  plus: readonly ItemId[],
  minus: readonly ItemId[]
): StatementFault[] {
  const total = totalOf(figures, [whole])
  const sum = totalOf(figures, plus) - totalOf(figures, minus)
  const extra = within === undefined || figures[within] === undefined ? [] : [within]
  const terms = [whole, ...plus, ...minus]
  const holds = (ids: readonly ItemId[]): boolean =>
    Math.abs(total - sum - totalOf(figures, ids)) <= toleranceOf(figures, [...terms, ...ids])
  if (holds([]) || holds(extra)) return []
  const values = {
    whole: nameOf(whole),
    total: written(total),
    terms: chained([chained(plus.map(plainName), signs.plus), ...minus.map(plainName)], signs.less),
    sum: written(sum),
    difference: written(total - sum)
  }
  return [faultAt(pointerTo(whole), 'does_not_add_up', filled(faults.otherDifference, values))]
}

function signFaults(figures: Figures): StatementFault[] {
  return ITEM_IDS.flatMap((id): StatementFault[] => {
    const value = hundredths(figures[id]) ?? 0
    if (STATEMENT_ITEMS[id].sign === 'any' || value >= 0) return []
    const detail = filled(faults.negative, { name: nameOf(id), value: written(value) })
    return [faultAt(pointerTo(id), 'negative', detail)]
  })
}

function opinionFaults({ audited, auditOpinion }: Statement): StatementFault[] {
  if (audited || auditOpinion === undefined) return []
  return [faultAt('/auditOpinion', 'opinion_without_audit', faults.opinionWithoutAudit)]
}

function pointerTo(id: ItemId): string {
  return `/${STATEMENT_ITEMS[id].part}/${id}`
}

function nameOf(id: ItemId): Text {
  const { zh } = STATEMENT_ITEMS[id].name
  return { en: `${id} (${zh})`, zh: `${zh}（${id}）` }
}

/** The name as it stands in a sentence. */
function plainName(id: ItemId): Text {
  const { en, zh } = STATEMENT_ITEMS[id].name
  return { en: `${en.charAt(0).toLowerCase()}${en.slice(1)}`, zh }
}

function listed(ids: readonly ItemId[]): Text {
  return allOf(ids.map(nameOf))
}

function chained(parts: readonly Text[], between: Text): Text {
  return { en: parts.map(({ en }) => en).join(between.en), zh: parts.map(({ zh }) => zh).join(between.zh) }
}

function totalOf(figures: Figures, ids: readonly ItemId[]): number {
  return ids.reduce((sum, id) => sum + (hundredths(figures[id]) ?? 0), 0)
}

/** What rounding may add up to over these figures, in hundredths of the unit. */
function toleranceOf(figures: Figures, ids: readonly ItemId[]): number {
  const step = 100 / 10 ** Math.max(0, ...ids.map((id) => decimalsOf(figures[id])))
  return (step / 2) * ids.length
}

/** Hundredths as a plain decimal text, which Chinese groups. */
function written(cents: number): Text {
  const digits = String(Math.abs(cents)).padStart(3, '0')
  const fraction = digits.slice(-2).replace(/0+$/, '')
  return statedFigure(`${cents < 0 ? '-' : ''}${digits.slice(0, -2)}${fraction === '' ? '' : `.${fraction}`}`)
}
