import type { ReasonEntry, ReasonKind } from './reason-entry.ts'

type Words = readonly [en: string, zh: string]

const entry =
  (kind: ReasonKind) =>
  (sales: Words, customer: Words, auditor: Words): ReasonEntry => ({
    kind,
    text: { sales: text(sales), customer: text(customer), auditor: text(auditor) }
  })
const adverse = entry('adverse')
const favourable = entry('favourable')

/**
 * Reasons that rest on evidence, on a person's circumstances, or on an input that a model brings
 * along.
 */
export const EVIDENCE_REASONS = {
  // Records
  COURT_RECORD_ADVERSE: adverse(
    ['Courts have cases or enforcements against the customer.', '客户存在诉讼或被执行记录。'],
    ['Court records name your business as a debtor.', '法院记录显示贵司存在被执行或涉诉情况。'],
    [
      'Court records on file earned fewer points than the best attribute, or met a condition.',
      '在案司法记录未取得该项最高分，或触发条件。'
    ]
  ),
  TAX_RECORD_ADVERSE: adverse(
    ['The tax authority reports arrears or a poor grade.', '客户存在欠税或纳税信用等级偏低。'],
    ['Your tax record shows arrears or a poor standing.', '贵司纳税记录存在欠税或信用评价偏低。'],
    [
      'The tax record on file earned fewer points than the best attribute, or met a condition.',
      '在案税务记录未取得该项最高分，或触发条件。'
    ]
  ),
  LOAN_RECORD_ADVERSE: adverse(
    ['Loans were not repaid on time.', '客户贷款存在逾期或不良分类。'],
    ['Your loan record shows late repayments.', '贵司（您）的贷款记录存在逾期。'],
    [
      'The loan record (months past due or classification) earned fewer points than the best attribute.',
      '贷款记录（逾期月数或五级分类）未取得该项最高分。'
    ]
  ),
  INSOLVENCY_OPEN: adverse(
    ['Insolvency proceedings are open.', '客户已进入破产程序。'],
    ['Insolvency proceedings are open against your business.', '贵司已进入破产程序。'],
    ['An insolvency record on file states open proceedings.', '在案破产记录显示程序进行中。']
  ),
  DISHONEST_DEBTOR: adverse(
    ['The customer is on the list of dishonest debtors: no credit.', '客户为失信被执行人，不予授信。'],
    ['Your name is on the list of dishonest debtors.', '贵司（您）被列入失信被执行人名单。'],
    ['A knock-out on the list of dishonest debtors fired.', '失信被执行人触发否决规则。']
  ),
  LOAN_NOT_PERFORMING: adverse(
    ['A bank classifies a loan of the customer as non-performing.', '客户存在不良贷款。'],
    ['A loan of yours is classified as non-performing.', '贵司（您）的贷款被列为不良。'],
    [
      'A knock-out on a loan classified substandard, doubtful or loss fired.',
      '贷款分类为次级、可疑或损失，触发否决规则。'
    ]
  ),
  RECORDS_CLEAN: favourable(
    ['Courts, tax authority and lenders report nothing adverse.', '司法、税务及贷款记录良好。'],
    ['Your public records are clean.', '贵司（您）的公共记录良好。'],
    [
      'The records on file earned at least what counts as a strength in the model.',
      '在案记录取得的分数达到模型认定的优势标准。'
    ]
  ),
  RECORDS_MISSING: adverse(
    ['No court, tax or loan record has been obtained.', '尚未取得司法、税务或贷款记录。'],
    ['We have no public record of your business or person yet.', '我们尚未取得贵司（您）的公共记录。'],
    ['The record was missing and earned what the missing rule gives.', '该记录缺失，按缺失规则计分。']
  ),
  // Standing
  STANDING_WEAK: adverse(
    ['Agencies, banks or other suppliers report weaknesses.', '征信机构、银行或同业反馈存在不足。'],
    ['Reports from agencies, banks or suppliers are mixed.', '外部机构或供应商反馈不够理想。'],
    [
      'Agency score, bank or trade references earned fewer points than the best attribute.',
      '机构评分、银行或同业征询未取得该项最高分。'
    ]
  ),
  STANDING_STRONG: favourable(
    ['Agencies, banks or other suppliers speak well of the customer.', '征信机构、银行或同业评价良好。'],
    ['Agencies, banks or suppliers speak well of you.', '外部机构或供应商对贵司评价良好。'],
    [
      'Agency score, bank or trade references earned at least what counts as a strength in the model.',
      '机构评分、银行或同业征询达到模型认定的优势标准。'
    ]
  ),
  STANDING_UNKNOWN: adverse(
    ['No agency report or reference has been obtained.', '尚未取得机构报告或征询结果。'],
    ['We have no report or reference about your business yet.', '我们尚未取得贵司的外部报告或征询。'],
    ['The report or reference was missing and earned what the missing rule gives.', '报告或征询缺失，按缺失规则计分。']
  ),
  // Qualitative
  QUALITATIVE_WEAK: adverse(
    ['Management, market position or site made a weak impression.', '管理、市场地位或现场情况评价偏弱。'],
    ['Our visit or interview left questions open.', '走访或面谈中存在待改进之处。'],
    ['A qualitative assessment earned fewer points than the best attribute.', '定性评估未取得该项最高分。']
  ),
  QUALITATIVE_STRONG: favourable(
    ['Management, market position or site made a strong impression.', '管理、市场地位或现场情况评价良好。'],
    ['Our visit or interview left a strong impression.', '走访或面谈印象良好。'],
    [
      'A qualitative assessment earned at least what counts as a strength in the model.',
      '定性评估达到模型认定的优势标准。'
    ]
  ),
  ASSESSMENT_BY_PERSON_MISSING: adverse(
    ['Nobody has visited or interviewed the customer yet.', '尚未对客户进行走访或面谈。'],
    ['We have not visited or interviewed you yet.', '我们尚未对贵司进行走访或面谈。'],
    ['The qualitative assessment was missing and earned what the missing rule gives.', '定性评估缺失，按缺失规则计分。']
  ),
  // Persons
  INCOME_LOW: adverse(
    ['The income leaves little room.', '收入水平偏低。'],
    ['Your income is low for the credit in question.', '您的收入相对所申请的信用偏低。'],
    ['Monthly income earned fewer points than its best attribute.', '月收入未取得该项最高分。']
  ),
  INCOME_SUFFICIENT: favourable(
    ['The income leaves ample room.', '收入水平充足。'],
    ['Your income is ample.', '您的收入充足。'],
    ['Monthly income earned what counts as a strength in the model.', '月收入达到模型认定的优势标准。']
  ),
  EMPLOYMENT_UNSTABLE: adverse(
    ['Occupation or time in it gives little stability.', '职业或从业稳定性偏弱。'],
    ['You have been in your occupation for a short time.', '您的从业时间较短或职业稳定性偏弱。'],
    ['Occupation or years in it earned fewer points than the best attribute.', '职业或从业年限未取得该项最高分。']
  ),
  EMPLOYMENT_STABLE: favourable(
    ['Occupation and time in it are stable.', '职业稳定，从业时间长。'],
    ['Your occupation is stable.', '您的职业稳定。'],
    [
      'Occupation or years in it earned what counts as a strength in the model.',
      '职业或从业年限达到模型认定的优势标准。'
    ]
  ),
  RESIDENCE_UNSTABLE: adverse(
    ['Residence gives little stability.', '居住稳定性偏弱。'],
    ['You have lived at your address for a short time.', '您的居住稳定性偏弱。'],
    ['Kind or years of residence earned fewer points than the best attribute.', '居住类型或年限未取得该项最高分。']
  ),
  RESIDENCE_STABLE: favourable(
    ['Residence is stable.', '居住稳定。'],
    ['Your residence is stable.', '您的居住稳定。'],
    [
      'Kind or years of residence earned what counts as a strength in the model.',
      '居住类型或年限达到模型认定的优势标准。'
    ]
  ),
  EDUCATION_SHORT: adverse(
    ['Education earned few points.', '受教育程度得分偏低。'],
    ['Your education is short of what we look for.', '受教育程度未达到我们的期望。'],
    ['Education earned fewer points than its best attribute.', '受教育程度未取得该项最高分。']
  ),
  EDUCATION_LONG: favourable(
    ['Education earned many points.', '受教育程度得分较高。'],
    ['Your education speaks for you.', '您的受教育程度较高。'],
    ['Education earned what counts as a strength in the model.', '受教育程度达到模型认定的优势标准。']
  ),
  FAMILY_BURDEN_HIGH: adverse(
    ['Much of the income is needed for others.', '家庭负担较重。'],
    ['Many depend on your income.', '您的家庭负担较重。'],
    ['The number of dependants earned fewer points than the best attribute.', '供养人数未取得该项最高分。']
  ),
  FAMILY_BURDEN_LOW: favourable(
    ['Little of the income is needed for others.', '家庭负担较轻。'],
    ['Few depend on your income.', '您的家庭负担较轻。'],
    ['The number of dependants earned what counts as a strength in the model.', '供养人数达到模型认定的优势标准。']
  ),
  // Any input
  CHARACTERISTIC_WEAK: adverse(
    ['An input of the model speaks against the customer.', '模型中有一项指标对客户不利。'],
    ['One of the things that we look at speaks against you.', '我们考察的某项指标对您不利。'],
    ['The characteristic named here lies below its baseline in the model.', '所列评分项低于模型基准。']
  ),
  CHARACTERISTIC_STRONG: favourable(
    ['An input of the model speaks for the customer.', '模型中有一项指标对客户有利。'],
    ['One of the things that we look at speaks for you.', '我们考察的某项指标对您有利。'],
    ['The characteristic named here lies above its baseline in the model.', '所列评分项高于模型基准。']
  ),
  MODEL_WITHOUT_RESULT: adverse(
    ['The model has no answer for what is known of the customer.', '模型无法根据现有资料给出结果。'],
    ['We need more information to assess you.', '我方需要更多资料才能完成评估。'],
    [
      'The document of the model gives no result for these values, though none of them is missing.',
      '各项输入均有值，但模型文档未给出结果。'
    ]
  ),
  GRADE_NOTCHED_DOWN: adverse(
    ['A fact beside the score lowers the grade.', '评分以外的事实下调了评级。'],
    ['A circumstance beside your figures speaks against you.', '除数据外的其他情况对您不利。'],
    ['A notch of the model applied.', '模型的评级下调条件生效。']
  ),
  GRADE_NOTCHED_UP: favourable(
    ['A fact beside the score raises the grade.', '评分以外的事实上调了评级。'],
    ['A circumstance beside your figures speaks for you.', '除数据外的其他情况对您有利。'],
    ['A notch of the model applied.', '模型的评级上调条件生效。']
  ),
  HALF_BALANCE_OVERDUE: adverse(
    ['Half of what the customer owes is long overdue.', '客户欠款中有半数已逾期多日。'],
    ['Half of your balance is overdue; please settle it.', '贵司（您）的欠款有半数已逾期，请尽快结清。'],
    ['A notch on the overdue share and its age lowered the grade.', '逾期占比及逾期天数触发等级下调。']
  ),
  GRADE_LIMITED_BY_RECORDS: adverse(
    [
      'A better grade needs a search of the registers without findings.',
      '更高评级需要查询司法、税务及贷款记录且无不良。'
    ],
    ['A better assessment needs clean court, tax and loan records.', '更好的评估结果需要良好的司法、税务及贷款记录。'],
    [
      'The records on file do not support a better grade: a ceiling applied.',
      '在案记录不足以支持更高等级，适用等级上限。'
    ]
  ),
  GRADE_LIMITED_BY_STANDING: adverse(
    ['A better grade needs a business known to exist for some years.', '更高评级需要已知且达到一定的经营年限。'],
    [
      'A better assessment needs an established business with a known history.',
      '更好的评估结果需要一定的经营年限与已知的背景。'
    ],
    [
      'What is known of age or standing does not support a better grade: a ceiling applied.',
      '经营年限或资信不足以支持更高等级，适用等级上限。'
    ]
  ),
  GRADE_LIMITED_BY_INCOME: adverse(
    ['A better grade needs a known, sufficient income and occupation.', '更高评级需要已知且充足的收入与职业信息。'],
    ['A better assessment needs proof of your income and occupation.', '更好的评估结果需要您的收入与职业证明。'],
    [
      'What is known of income and occupation does not support a better grade: a ceiling applied.',
      '收入与职业信息不足以支持更高等级，适用等级上限。'
    ]
  ),
  // What the rating advises, in an order check
  RATING_ADVISES_REFERRAL: adverse(
    ['The rating asks for a person to look at this customer.', '评级提示需人工审核该客户。'],
    ['We look at your account in person before we decide.', '您的账户需人工审核后决定。'],
    ['A knock-out of the assessment in force advises referral.', '生效评级的否决条件建议转人工。']
  ),
  RATING_ADVISES_DECLINE: adverse(
    ['The rating advises against credit.', '评级建议不予授信。'],
    ['At present we cannot grant you credit.', '目前无法为您提供授信。'],
    ['A knock-out of the assessment in force advises to decline.', '生效评级的否决条件建议拒绝。']
  )
} as const satisfies Record<string, ReasonEntry>

function text([en, zh]: Words): { en: string; zh: string } {
  return { en, zh }
}
