import { CUSTOMER_KINDS } from '../customer/customer.ts'
import { INDUSTRY_SECTIONS } from '../customer/isic.ts'
import { EDUCATIONS, OCCUPATIONS, RESIDENCES } from '../customer/person.ts'
import { RATIO_IDS, RATIOS, type RatioId } from '../statements/ratios/ratio-catalogue.ts'
import { ratioInWords } from '../statements/ratios/ratio-words.ts'
import { AUDIT_OPINIONS } from '../statements/statement.ts'
import { GRADES } from '../values/rating.ts'
import type { Text } from '../values/text.ts'
import { BANK_REFERENCES, INSOLVENCY_STATES, LOAN_CLASSES, TAX_CREDIT_GRADES, TRADE_EXPERIENCES } from './evidence.ts'

export const FEATURE_TYPES = ['numeric', 'category', 'boolean'] as const
export type FeatureType = (typeof FEATURE_TYPES)[number]

/** The part of the credit file that a feature comes from. */
export const FEATURE_SOURCES = ['profile', 'statements', 'evidence', 'payment_behaviour', 'account_history'] as const
type FeatureSource = (typeof FEATURE_SOURCES)[number]

/**
 * Who could withhold it. `customer`: it is only known when the customer gives it or allows others
 * to. `seller`: it stands in the seller's own books or judgement. `third_party`: it can be had
 * without the customer.
 */
export const FEATURE_HOLDERS = ['customer', 'seller', 'third_party'] as const
export type FeatureHolder = (typeof FEATURE_HOLDERS)[number]

/**
 * What changes it. `customer`: what the customer does, hands in or lets others say of it. `time`:
 * time alone. `none`: neither, or nothing that a customer may be asked for, such as to move, to
 * have fewer dependants, to give up a dispute or to buy more.
 */
export const FEATURE_INFLUENCES = ['customer', 'time', 'none'] as const
export type FeatureInfluence = (typeof FEATURE_INFLUENCES)[number]

/** One row of the feature catalogue. What the law says of it, `legalClassOf` tells. */
export interface FeatureEntry {
  readonly type: FeatureType
  /**
   * Of a number: `days`, `months`, `years`, `count`, `ratio`, `index` (0 to 100), `mark` (1 to 5),
   * `amount` (major units of the account's currency), or the unit of the ratio. Empty for the
   * others.
   */
  readonly unit: string
  readonly description: Text
  readonly source: FeatureSource
  readonly heldBy: FeatureHolder
  readonly influence: FeatureInfluence
  /** Of a category: every value that it can take; left out where the list is open. */
  readonly values?: readonly string[]
}

type Origin = Pick<FeatureEntry, 'source' | 'heldBy' | 'influence'>
const accounts: Origin = { source: 'statements', heldBy: 'customer', influence: 'customer' }
const stated: Origin = { source: 'profile', heldBy: 'customer', influence: 'none' }
const payments: Origin = { source: 'payment_behaviour', heldBy: 'seller', influence: 'customer' }
const history: Origin = { source: 'account_history', heldBy: 'seller', influence: 'none' }
const registers: Origin = { source: 'evidence', heldBy: 'third_party', influence: 'customer' }
const released: Origin = { source: 'evidence', heldBy: 'customer', influence: 'customer' }
const judged: Origin = { source: 'evidence', heldBy: 'seller', influence: 'customer' }
const byTime = (origin: Origin): Origin => ({ ...origin, influence: 'time' })
const byCustomer = (origin: Origin): Origin => ({ ...origin, influence: 'customer' })

const numeric = (origin: Origin, unit: string, en: string, zh: string): FeatureEntry => ({
  type: 'numeric',
  unit,
  description: { en, zh },
  ...origin
})
const category = (origin: Origin, en: string, zh: string, values?: readonly string[]): FeatureEntry => ({
  type: 'category',
  unit: '',
  description: { en, zh },
  ...origin,
  ...(values === undefined ? {} : { values })
})
const boolean = (origin: Origin, en: string, zh: string): FeatureEntry => ({
  type: 'boolean',
  unit: '',
  description: { en, zh },
  ...origin
})

const STATEMENT_FEATURES = {
  'statement.audited': boolean(accounts, 'Whether the newest statement was audited.', '最近一期报表是否经审计。'),
  'statement.auditOpinion': category(
    accounts,
    'Opinion of the auditor on the newest statement.',
    '最近一期报表的审计意见类型。',
    AUDIT_OPINIONS
  ),
  'statement.consolidated': boolean(
    accounts,
    'Whether the newest statement is of the group.',
    '最近一期报表是否为合并报表。'
  )
} as const

const BEHAVIOUR_FEATURES = {
  'behaviour.weightedDaysLate': numeric(
    payments,
    'days',
    'Average days late of the payments of the last 12 months, weighted by amount; early counts as 0.',
    '近 12 个月付款按金额加权的平均逾期天数，提前付款按 0 计。'
  ),
  'behaviour.shareLate': numeric(
    payments,
    'ratio',
    'Share of the invoices settled in the last 12 months that were settled after their due date.',
    '近 12 个月结清的发票中逾期结清的比例。'
  ),
  'behaviour.settledCount': numeric(
    payments,
    'count',
    'Number of invoices settled in the last 12 months.',
    '近 12 个月结清的发票数量。'
  ),
  'behaviour.longestOverdueDays': numeric(
    payments,
    'days',
    'Days past due of the oldest overdue invoice; 0 when nothing is overdue.',
    '最早逾期发票的逾期天数，无逾期为 0。'
  ),
  'behaviour.shareOverdue': numeric(
    payments,
    'ratio',
    'Share of the receivable balance that is past due; 0 when nothing is owed.',
    '应收余额中逾期部分的比例，无应收余额为 0。'
  ),
  'behaviour.trendDays': numeric(
    payments,
    'days',
    'Average days late of the last 3 months less that of the 12 months before.',
    '近 3 个月平均逾期天数与此前 12 个月之差。'
  ),
  'behaviour.dsoDays': numeric(
    payments,
    'days',
    'Days sales outstanding by the count-back method.',
    '按倒推法计算的应收账款周转天数。'
  )
} as const

const ACCOUNT_FEATURES = {
  'account.monthsSinceFirstInvoice': numeric(
    byTime(history),
    'months',
    'Months since the first invoice.',
    '首张发票至今的月数。'
  ),
  'account.invoices12Months': numeric(
    history,
    'count',
    'Number of invoices issued in the last 365 days.',
    '近 365 天开具的发票数量。'
  ),
  'account.longestDaysLate24Months': numeric(
    byTime(history),
    'days',
    'The most days that a payment of the last 730 days came late or an open invoice is overdue.',
    '近 730 天付款的最长逾期天数，含未清发票的逾期天数。'
  ),
  'account.disputedShare': numeric(
    history,
    'ratio',
    'Share of the amount invoiced in the last 365 days that is disputed.',
    '近 365 天开票金额中有争议部分的比例。'
  ),
  'account.creditNoteShare': numeric(
    history,
    'ratio',
    'Share of the amount invoiced in the last 365 days that credit notes took back.',
    '近 365 天开票金额中以红字发票冲减的比例。'
  ),
  'account.partialPaymentShare': numeric(
    byCustomer(history),
    'ratio',
    'Share of the invoices settled in the last 365 days that were paid on more than one day.',
    '近 365 天结清的发票中分次付款的比例。'
  ),
  'account.purchaseTrend': numeric(
    history,
    'ratio',
    'Amount invoiced in the last 182 days over that of the 182 days before, less 1.',
    '近 182 天开票金额与此前 182 天相比的增长率。'
  )
} as const

const PROFILE_FEATURES = {
  'profile.kind': category(
    { ...stated, heldBy: 'seller' },
    'Company, sole trader or individual.',
    '客户类型：企业、个体工商户或个人。',
    CUSTOMER_KINDS
  ),
  'profile.country': category(stated, 'Country, ISO 3166-1 alpha-2.', '国家或地区（ISO 3166-1 二位代码）。'),
  'profile.industrySection': category(
    stated,
    'Section A to U of ISIC Rev. 4.',
    '国际标准行业分类（ISIC 第 4 版）门类。',
    Object.keys(INDUSTRY_SECTIONS)
  ),
  'profile.ageYears': numeric(byTime(stated), 'years', 'Years since registration.', '成立年限。'),
  'profile.cooperationYears': numeric(
    { ...byTime(stated), heldBy: 'seller' },
    'years',
    'Years as our customer.',
    '合作年限。'
  ),
  'profile.employees': numeric(stated, 'count', 'Number of employees.', '员工人数。')
} as const

/**
 * A trait by which no one is scored unless the law of the place allows it. No credit file holds a
 * value.
 */
const trait = (en: string, zh: string) =>
  category(stated, `${en}; no credit file holds it.`, `${zh}，信用档案不存储该信息。`)

const PERSON_FEATURES = {
  'person.monthlyIncome': numeric(
    byCustomer(stated),
    'amount',
    'Regular monthly income before tax, when it is in the currency of the account.',
    '税前月收入，币种须与账户一致。'
  ),
  'person.occupation': category(stated, 'Occupation.', '职业类别。', OCCUPATIONS),
  'person.employmentYears': numeric(
    byTime(stated),
    'years',
    'Years in the present employment or trade.',
    '现职或现业年限。'
  ),
  'person.education': category(stated, 'Highest completed education.', '最高学历。', EDUCATIONS),
  'person.residence': category(stated, 'Housing status.', '居住状况。', RESIDENCES),
  'person.residenceYears': numeric(byTime(stated), 'years', 'Years at the present residence.', '现住址居住年限。'),
  'person.dependants': numeric(stated, 'count', 'Number of dependants.', '受供养人数。'),
  'person.ageYears': numeric(byTime(stated), 'years', 'Age of the person.', '年龄。'),
  'person.sex': trait('Sex', '性别'),
  'person.maritalStatus': trait('Marital status', '婚姻状况'),
  'person.publicAssistance': trait('Income from public assistance', '领取社会救助'),
  'person.ethnicity': trait('Race or ethnic origin', '种族或民族'),
  'person.nationality': trait('Nationality or national origin', '国籍或原籍国'),
  'person.religion': trait('Religion or belief', '宗教信仰'),
  'person.health': trait('Health', '健康状况'),
  'person.politicalOpinion': trait('Political opinion', '政治观点'),
  'person.tradeUnionMembership': trait('Membership of a trade union', '工会会员身份')
} as const

const RECORD_FEATURES = {
  'record.openCourtCases': numeric(
    registers,
    'count',
    'Open court cases against the customer, by the record with the most.',
    '未结被诉及被执行案件数，取记录中的最大值。'
  ),
  'record.judgementDebtor': boolean(registers, 'Whether the customer is subject to enforcement.', '是否为被执行人。'),
  'record.dishonestDebtor': boolean(
    registers,
    'Whether the customer is on the list of dishonest debtors.',
    '是否为失信被执行人。'
  ),
  'record.insolvency': category(registers, 'State of insolvency proceedings.', '破产程序状态。', INSOLVENCY_STATES),
  'record.taxArrears': boolean(registers, 'Whether taxes are overdue.', '是否存在欠税。'),
  'record.taxCreditGrade': category(released, 'Tax credit grade.', '纳税缴费信用级别。', TAX_CREDIT_GRADES),
  'record.loanClassification': category(
    released,
    'Worst classification of a loan in the five classes.',
    '贷款五级分类中最差的类别。',
    LOAN_CLASSES
  ),
  'record.overdueLoans': numeric(released, 'count', 'Loans overdue.', '逾期贷款笔数。'),
  'record.loanMonthsPastDue': numeric(released, 'months', 'Longest time past due of a loan.', '贷款最长逾期月数。')
} as const

const STANDING_FEATURES = {
  'standing.agencyScore': numeric(
    registers,
    'index',
    'Score of a credit agency, 0 to 100.',
    '征信机构评分（0 至 100）。'
  ),
  'standing.agencyRating': category(registers, 'Rating of a credit agency.', '征信机构评级。', GRADES),
  'standing.agencyPaymentIndex': numeric(
    registers,
    'index',
    'Payment index of a credit agency, 0 to 100.',
    '征信机构付款指数（0 至 100）。'
  ),
  'standing.bankReference': category(released, 'Bank reference.', '银行资信评价。', BANK_REFERENCES),
  'standing.tradeExperience': category(
    released,
    'Experience of other suppliers, the worst.',
    '供应商征询结果中最差的一项。',
    TRADE_EXPERIENCES
  ),
  'standing.tradeDaysLate': numeric(
    released,
    'days',
    'Average days late with other suppliers, the longest.',
    '对其他供应商付款的平均逾期天数，取最长。'
  ),
  'standing.tradeReferences': numeric(
    released,
    'count',
    'Suppliers whose trade reference counts.',
    '有效的供应商征询家数。'
  )
} as const

const mark = (en: string, zh: string) =>
  numeric(judged, 'mark', `${en}, from 1, poor, to 5, very good.`, `${zh}（1 至 5 分，5 分最好）。`)

const QUALITATIVE_FEATURES = {
  'qualitative.management': mark('Management', '管理水平'),
  'qualitative.marketPosition': mark('Market position', '市场地位'),
  'qualitative.product': mark('Product', '产品竞争力'),
  'qualitative.site': mark('Premises and equipment', '经营场所与设备'),
  'qualitative.cooperation': mark('Openness and cooperation', '配合程度'),
  'qualitative.operating': boolean(
    judged,
    'Whether business was seen in operation at the last visit.',
    '最近一次走访时经营是否正常。'
  )
} as const

const NAMED_FEATURES = {
  ...STATEMENT_FEATURES,
  ...BEHAVIOUR_FEATURES,
  ...ACCOUNT_FEATURES,
  ...PROFILE_FEATURES,
  ...PERSON_FEATURES,
  ...RECORD_FEATURES,
  ...STANDING_FEATURES,
  ...QUALITATIVE_FEATURES
} as const

export type FinancialFeatureId = `financial.${RatioId}`
/** The id of a feature of the catalogue. */
export type FeatureId = FinancialFeatureId | keyof typeof NAMED_FEATURES

/** Every feature that a model may name, by its id: one for each ratio, then the others. */
export const FEATURES: Readonly<Record<string, FeatureEntry>> = { ...financialEntries(), ...NAMED_FEATURES }

/** Features of full days or months, which are counted as invoices are. */
export const WHOLE_FEATURES: ReadonlySet<string> = new Set<FeatureId>([
  'behaviour.longestOverdueDays',
  'account.longestDaysLate24Months',
  'record.loanMonthsPastDue'
])

/** The ids of the catalogue, in its order. */
export const FEATURE_IDS = Object.keys(FEATURES) as FeatureId[]

/** Whether an id stands in the catalogue. */
export function isFeatureId(id: string): id is FeatureId {
  return Object.hasOwn(FEATURES, id)
}

function financialEntries(): Record<string, FeatureEntry> {
  return Object.fromEntries(
    RATIO_IDS.map((id) => {
      const { unit, name } = RATIOS[id]
      const words = ratioInWords(RATIOS[id])
      return [`financial.${id}`, numeric(accounts, unit, `${name.en}: ${words.en}.`, `${name.zh}：${words.zh}。`)]
    })
  )
}
