import { type BusinessDate, daysBetween } from '../values/dates.ts'
import { collector } from '../values/faults.ts'
import { isKnown } from '../values/known.ts'
import type { Money } from '../values/money.ts'
import { GRADES } from '../values/rating.ts'
import { statedDate } from '../values/spoken.ts'
import type { Text } from '../values/text.ts'
import { filled } from '../values/wording.ts'
import texts from './texts.json' with { type: 'json' }

const { evidenceFaults: faultTexts } = texts

/** One fact that evidence may state. */
export type FactField =
  | {
      readonly type: 'number'
      readonly name: Text
      readonly min: number
      readonly max: number
      readonly whole: boolean
    }
  | { readonly type: 'boolean'; readonly name: Text }
  /** One of the words, from the best to the worst. */
  | { readonly type: 'category'; readonly name: Text; readonly values: readonly string[] }
  | { readonly type: 'money'; readonly name: Text }
  | { readonly type: 'text'; readonly name: Text; readonly maxLength: number }

interface EvidenceEntry {
  readonly name: Text
  readonly facts: Readonly<Record<string, FactField>>
}

const count = (en: string, zh: string, max = 10_000) =>
  ({ type: 'number', name: { en, zh }, min: 0, max, whole: true }) as const
const index = (en: string, zh: string) =>
  ({ type: 'number', name: { en, zh }, min: 0, max: 100, whole: false }) as const
const mark = (en: string, zh: string) => ({ type: 'number', name: { en, zh }, min: 1, max: 5, whole: true }) as const
const yesNo = (en: string, zh: string) => ({ type: 'boolean', name: { en, zh } }) as const
const money = (en: string, zh: string) => ({ type: 'money', name: { en, zh } }) as const
const note = (en: string, zh: string) => ({ type: 'text', name: { en, zh }, maxLength: 2_000 }) as const
const oneOf = <const Values extends readonly string[]>(values: Values, en: string, zh: string) =>
  ({ type: 'category', name: { en, zh }, values }) as const

/** How a bank speaks of a customer, from the best to the worst. */
export const BANK_REFERENCES = ['excellent', 'good', 'fair', 'poor'] as const
/** How another supplier has fared with a customer, from the best to the worst. */
export const TRADE_EXPERIENCES = ['good', 'satisfactory', 'slow', 'bad'] as const
/**
 * Tax credit grade of the Chinese tax authority (纳税缴费信用级别), from the best to the worst; M is a new
 * taxpayer's.
 */
export const TAX_CREDIT_GRADES = ['A', 'B', 'M', 'C', 'D'] as const
/** How far an insolvency has come. `none`: the register was searched and holds nothing. */
export const INSOLVENCY_STATES = ['none', 'petition', 'composition', 'reorganisation', 'liquidation'] as const
/** The five classes of bank loans (贷款五级分类), from the best to the worst. */
export const LOAN_CLASSES = ['normal', 'special_mention', 'substandard', 'doubtful', 'loss'] as const

const remarks = note('Remarks', '备注')

/**
 * What evidence there is and what each kind can state. Marks run from 1, poor, to 5, very good;
 * indices from 0, the worst, to 100. What a source does not say is left out: only a number of 0 or
 * a `false` says that it looked and found nothing.
 */
export const EVIDENCE = {
  agency_report: {
    name: { en: 'Credit agency report', zh: '征信机构报告' },
    facts: {
      score: index('Score of the agency, 0 to 100', '征信机构评分（0 至 100）'),
      rating: oneOf(GRADES, 'Rating of the agency, on the scale AAA to D', '征信机构评级（AAA 至 D）'),
      paymentIndex: index('Payment index, 0 to 100', '征信机构付款指数（0 至 100）'),
      recommendedLimit: money('Recommended credit limit', '建议信用额度'),
      remarks
    }
  },
  bank_reference: {
    name: { en: 'Bank reference', zh: '银行资信证明' },
    facts: {
      quality: oneOf(BANK_REFERENCES, 'Bank’s opinion of the customer', '银行资信评价'),
      relationYears: count('Years of banking relationship', '银企合作年限', 200),
      creditLine: money('Credit line of the bank', '银行授信额度'),
      remarks
    }
  },
  trade_reference: {
    name: { en: 'Trade reference', zh: '供应商征询' },
    facts: {
      experience: oneOf(TRADE_EXPERIENCES, 'Experience of the supplier', '供应商评价'),
      daysLate: count('Average days late', '平均逾期天数'),
      creditLimit: money('Credit limit of the supplier', '供应商给予的信用额度'),
      highestCredit: money('Highest balance of the last year', '近一年最高欠款'),
      relationYears: count('Years of trade', '合作年限', 200),
      remarks
    }
  },
  court_record: {
    name: { en: 'Court record', zh: '司法记录' },
    facts: {
      openCases: count('Open cases against the customer', '未结被诉及被执行案件数'),
      judgementDebtor: yesNo('Subject to enforcement', '被执行人'),
      dishonestDebtor: yesNo('On the list of dishonest debtors', '失信被执行人'),
      amount: money('Amount in dispute or under enforcement', '涉案金额'),
      remarks
    }
  },
  tax_record: {
    name: { en: 'Tax record', zh: '税务记录' },
    facts: {
      creditGrade: oneOf(TAX_CREDIT_GRADES, 'Tax credit grade', '纳税缴费信用级别'),
      arrears: yesNo('Taxes are overdue', '欠税'),
      arrearsAmount: money('Taxes overdue', '欠税金额'),
      remarks
    }
  },
  insolvency_record: {
    name: { en: 'Insolvency record', zh: '破产记录' },
    facts: { state: oneOf(INSOLVENCY_STATES, 'State of the proceedings', '破产程序状态'), remarks }
  },
  loan_record: {
    name: { en: 'Loan record', zh: '贷款记录' },
    facts: {
      classification: oneOf(LOAN_CLASSES, 'Worst classification of a loan', '贷款五级分类（最差）'),
      overdueLoans: count('Loans overdue', '逾期贷款笔数'),
      monthsPastDue: count('Months past due, the longest', '最长逾期月数', 600),
      overdueAmount: money('Amount overdue', '逾期金额'),
      remarks
    }
  },
  site_visit: {
    name: { en: 'Site visit', zh: '实地走访' },
    facts: {
      operating: yesNo('Business was seen in operation', '经营状态正常'),
      site: mark('Premises and equipment, 1 to 5', '经营场所与设备（1 至 5 分）'),
      remarks
    }
  },
  interview: {
    name: { en: 'Interview', zh: '面谈' },
    facts: {
      management: mark('Management, 1 to 5', '管理水平（1 至 5 分）'),
      cooperation: mark('Openness and cooperation, 1 to 5', '配合程度（1 至 5 分）'),
      remarks
    }
  },
  qualitative: {
    name: { en: 'Qualitative assessment', zh: '定性评价' },
    facts: {
      management: mark('Management, 1 to 5', '管理水平（1 至 5 分）'),
      marketPosition: mark('Market position, 1 to 5', '市场地位（1 至 5 分）'),
      product: mark('Product, 1 to 5', '产品竞争力（1 至 5 分）'),
      site: mark('Premises and equipment, 1 to 5', '经营场所与设备（1 至 5 分）'),
      cooperation: mark('Openness and cooperation, 1 to 5', '配合程度（1 至 5 分）'),
      remarks
    }
  }
} as const satisfies Readonly<Record<string, EvidenceEntry>>
export type EvidenceKind = keyof typeof EVIDENCE
export const EVIDENCE_KINDS = Object.keys(EVIDENCE) as EvidenceKind[]

type ValueOf<Field> = Field extends { type: 'category'; values: readonly (infer Value)[] }
  ? Value
  : Field extends { type: 'number' }
    ? number
    : Field extends { type: 'boolean' }
      ? boolean
      : Field extends { type: 'money' }
        ? Money
        : string

/** What evidence of a kind states; every fact may be left out. */
export type FactsOf<Kind extends EvidenceKind> = {
  readonly [Name in keyof (typeof EVIDENCE)[Kind]['facts']]?: ValueOf<(typeof EVIDENCE)[Kind]['facts'][Name]>
}

/** What alone rules credit out: the knock-out rules of the shipped models that rest on evidence. */
const KNOCKOUTS: Readonly<Partial<Record<EvidenceKind, Readonly<Record<string, readonly unknown[]>>>>> = {
  court_record: { dishonestDebtor: [true] },
  insolvency_record: { state: INSOLVENCY_STATES.filter((state) => state !== 'none') },
  loan_record: { classification: ['substandard', 'doubtful', 'loss'] satisfies (typeof LOAN_CLASSES)[number][] }
}

/** Whether evidence of a kind states something that alone rules credit out. */
export function isKnockout(kind: EvidenceKind, facts: object): boolean {
  const stated = facts as Readonly<Record<string, unknown>>
  return Object.entries(KNOCKOUTS[kind] ?? {}).some(([name, values]) => values.includes(stated[name]))
}

interface EvidenceItem<Kind extends EvidenceKind> {
  readonly evidenceId: string
  readonly kind: Kind
  /** Day to which the facts apply: of the report, the search or the visit. */
  readonly observedOn: BusinessDate
  /** Day on which the seller learnt of it; without it, `observedOn`. */
  readonly knownOn?: BusinessDate
  /** Last day on which it counts; without it, it counts until something newer does. */
  readonly validUntil?: BusinessDate
  /** Who says so: the agency, bank, supplier, court register or assessor. */
  readonly source: string
  /** From this day on it does not count, because it was recorded in error. */
  readonly withdrawnOn?: BusinessDate
  readonly facts: FactsOf<Kind>
}

/** A dated, sourced item from outside the ledger. */
export type EvidenceFact = { [Kind in EvidenceKind]: EvidenceItem<Kind> }[EvidenceKind]

/**
 * Something that makes evidence unfit to be recorded: a JSON pointer into the item, a code, and a
 * sentence that says how to mend it, in English and in Chinese.
 */
interface EvidenceFault {
  readonly pointer: string
  readonly code: string
  readonly detail: string
  readonly zh: string
}

/**
 * What is wrong with evidence whose shape has been checked: dates in the wrong order, nothing
 * stated, or facts that contradict each other. An empty list means that it may be recorded.
 */
export function evidenceFaults(
  item: Pick<EvidenceFact, 'observedOn' | 'validUntil'> & { readonly facts: object }
): EvidenceFault[] {
  const { faults, expect } = collector(evidenceFault)
  const { observedOn, validUntil } = item
  const facts = item.facts as Readonly<Record<string, unknown>>
  expect(validUntil === undefined || validUntil >= observedOn, '/validUntil', 'before_observation', () =>
    filled(faultTexts.endsFirst, { validUntil: statedDate(validUntil ?? ''), observedOn: statedDate(observedOn) })
  )
  expect(
    Object.keys(facts).some((name) => name !== 'remarks'),
    '/facts',
    'no_fact',
    () => faultTexts.noFact
  )
  for (const [none, some] of CONTRADICTIONS) {
    const found = isNone(facts[none]) && facts[some] !== undefined && !isNone(facts[some])
    expect(!found, `/facts/${some}`, 'contradiction', () =>
      filled(faultTexts.contradiction, { none, value: String(facts[none]), some })
    )
  }
  return faults
}

function evidenceFault(pointer: string, code: string, text: () => Text): EvidenceFault {
  const { en, zh } = text()
  return { pointer, code, detail: en, zh }
}

/** When the first says that there is nothing, the second cannot say that there is something. */
const CONTRADICTIONS: readonly (readonly [none: string, some: string])[] = [
  ['openCases', 'judgementDebtor'],
  ['openCases', 'dishonestDebtor'],
  ['openCases', 'amount'],
  ['judgementDebtor', 'dishonestDebtor'],
  ['arrears', 'arrearsAmount'],
  ['overdueLoans', 'monthsPastDue'],
  ['overdueLoans', 'overdueAmount']
]

function isNone(value: unknown): boolean {
  return value === 0 || value === false
}

/**
 * Evidence that speaks of a matter and is older than the newest that does by more than this, counts
 * no longer.
 */
const SUPERSEDED_DAYS = 365

/**
 * The evidence of a list that counts on a day and states something by `states`, the newest first.
 *
 * It counts when it was observed and known by that day, is not withdrawn, and is still valid. Of
 * each source only its newest counts, even when that has expired: what a source has replaced does
 * not come back. And nothing counts that is more than a year older than the newest. The order of
 * the list has no influence.
 */
export function evidenceInForce(
  evidence: readonly EvidenceFact[],
  asOf: BusinessDate,
  states: (item: EvidenceFact) => boolean
): EvidenceFact[] {
  const counting = evidence
    .filter((item) => isKnown(item.observedOn, item.knownOn, asOf) && !isWithdrawn(item, asOf) && states(item))
    .toSorted(byDateAndId)
  const newestOf = new Map<string, BusinessDate>()
  for (const { source, observedOn } of counting) if (!newestOf.has(source)) newestOf.set(source, observedOn)
  const valid = counting.filter(
    (item) =>
      item.observedOn === newestOf.get(item.source) && (item.validUntil === undefined || item.validUntil >= asOf)
  )
  const newest = valid[0]?.observedOn
  return newest === undefined
    ? []
    : valid.filter(({ observedOn }) => daysBetween(observedOn, newest) <= SUPERSEDED_DAYS)
}

function isWithdrawn({ withdrawnOn }: EvidenceFact, asOf: BusinessDate): boolean {
  return withdrawnOn !== undefined && withdrawnOn <= asOf
}

function byDateAndId(left: EvidenceFact, right: EvidenceFact): number {
  if (left.observedOn !== right.observedOn) return left.observedOn > right.observedOn ? -1 : 1
  return left.evidenceId < right.evidenceId ? -1 : 1
}
