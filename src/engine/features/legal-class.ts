import type { Text } from '../values/text.ts'

/**
 * Whose law decides what a person may be judged by. `GENERIC` is the strictest of the others and
 * holds unless another is chosen.
 */
export const JURISDICTIONS = ['CN', 'EU', 'US', 'GENERIC'] as const
export type Jurisdiction = (typeof JURISDICTIONS)[number]
type Law = Exclude<Jurisdiction, 'GENERIC'>

/**
 * What a model may do with a feature, from the mildest on. `restricted`: it may be used where that
 * is justified in writing and the law's conditions are met. `prohibited`: no model may use it.
 */
export const LEGAL_CLASSES = ['allowed', 'restricted', 'prohibited'] as const

/**
 * The class of a feature under one jurisdiction profile; a class other than `allowed` says why, and
 * by which law.
 */
export type LegalRuling =
  | { readonly class: 'allowed'; readonly reason: null; readonly basis: null }
  | { readonly class: 'restricted' | 'prohibited'; readonly reason: Text; readonly basis: string }

const ALLOWED: LegalRuling = { class: 'allowed', reason: null, basis: null }

const restricted = (basis: string, en: string, zh: string): LegalRuling => ({
  class: 'restricted',
  reason: { en, zh },
  basis
})
const prohibited = (basis: string, en: string, zh: string): LegalRuling => ({
  class: 'prohibited',
  reason: { en, zh },
  basis
})

const ECOA = 'Equal Credit Opportunity Act, 15 U.S.C. 1691(a); Regulation B, 12 CFR 1002.2(z) and 1002.4(a)'
const CREDIT_CHARTER = 'Directive (EU) 2023/2225 art. 6; Charter of Fundamental Rights art. 21'
const SPECIAL_CATEGORY = 'GDPR art. 9(1); Directive (EU) 2023/2225 art. 18(3)'
const NECESSARY = 'GDPR art. 5(1)(c); Directive (EU) 2023/2225 art. 18(3)'
const CREDIT_REPORTING = '征信业管理条例 art. 14 (第十四条); 个人信息保护法 art. 28 (第二十八条)'
const FAIR_AUTOMATION = '个人信息保护法 art. 6 and 24 (第六条、第二十四条)'

const groundOfEcoa = prohibited(
  ECOA,
  'A prohibited basis: no creditor may take it into account.',
  '法律禁止的歧视理由：任何授信人不得将其纳入考虑。'
)
const standIn = restricted(
  'Regulation B, 12 CFR 1002.4(a)',
  'It may stand in for a prohibited basis such as race or national origin.',
  '可能成为种族、原籍国等禁止理由的替代变量。'
)
const groundOfCharter = prohibited(
  CREDIT_CHARTER,
  'The conditions of credit must not discriminate on this ground.',
  '授信条件不得以此为由予以歧视。'
)
const specialCategory = prohibited(
  SPECIAL_CATEGORY,
  'A special category of personal data: an assessment of creditworthiness must not include it.',
  '属于特殊类别个人数据，信用评估不得使用。'
)
const onlyIfNecessary = restricted(
  NECESSARY,
  'Only what is necessary and proportionate to assess whether the credit can be repaid.',
  '仅限于评估还款能力所必需且相称的范围。'
)
const notToBeCollected = prohibited(
  CREDIT_REPORTING,
  'Credit reporting must not collect it, and it is sensitive personal information.',
  '征信机构禁止采集，且属于敏感个人信息。'
)
const fairAutomation = restricted(
  FAIR_AUTOMATION,
  'Only for a stated purpose, as far as necessary; an automated decision must be fair.',
  '须有明确目的且限于最小必要范围，自动化决策应当公平公正。'
)

/** Features that a law restricts, and under which. What is not listed is allowed. */
const RULINGS: Readonly<Record<string, Readonly<Record<Law, LegalRuling>>>> = {
  'person.sex': {
    US: groundOfEcoa,
    EU: groundOfCharter,
    CN: restricted(
      '中华人民共和国宪法 art. 48 (第四十八条); 个人信息保护法 art. 24 (第二十四条)',
      'Women have equal rights; an automated decision must be fair.',
      '妇女享有平等权利，自动化决策应当公平公正。'
    )
  },
  'person.maritalStatus': { US: groundOfEcoa, EU: onlyIfNecessary, CN: fairAutomation },
  'person.ageYears': {
    US: restricted(
      'Regulation B, 12 CFR 1002.6(b)(2)',
      'Only in a statistically sound scoring system that gives an elderly applicant’s age no negative value.',
      '仅可用于统计上可靠的评分系统，且不得对老年申请人的年龄赋予负面值。'
    ),
    EU: restricted(
      CREDIT_CHARTER,
      'Other conditions for an age need an objective justification.',
      '因年龄而区别对待须有客观正当理由。'
    ),
    CN: fairAutomation
  },
  'person.dependants': {
    US: restricted(
      'Regulation B, 12 CFR 1002.5(d)(3) and 1002.6(b)(3)',
      'Their number may be asked of every applicant alike; nothing may be assumed about having or raising children.',
      '可对所有申请人一视同仁地询问人数，但不得就生育或抚养子女作任何推定。'
    ),
    EU: onlyIfNecessary,
    CN: fairAutomation
  },
  'person.education': { US: standIn, EU: onlyIfNecessary, CN: fairAutomation },
  'person.publicAssistance': { US: groundOfEcoa, EU: onlyIfNecessary, CN: fairAutomation },
  'person.ethnicity': {
    US: groundOfEcoa,
    EU: specialCategory,
    CN: prohibited(
      '中华人民共和国宪法 art. 4 (第四条)',
      'Discrimination against any ethnic group is forbidden.',
      '禁止对任何民族的歧视。'
    )
  },
  'person.nationality': { US: groundOfEcoa, EU: groundOfCharter, CN: fairAutomation },
  'person.religion': { US: groundOfEcoa, EU: specialCategory, CN: notToBeCollected },
  'person.health': {
    US: prohibited(
      'Fair Credit Reporting Act, 15 U.S.C. 1681b(g)(2); Regulation V, 12 CFR 1022.30',
      'A creditor must not use medical information to decide about credit.',
      '授信人不得使用医疗信息决定是否授信。'
    ),
    EU: specialCategory,
    CN: notToBeCollected
  },
  'person.politicalOpinion': { US: standIn, EU: specialCategory, CN: fairAutomation },
  'person.tradeUnionMembership': { US: standIn, EU: specialCategory, CN: fairAutomation }
}

/**
 * What a jurisdiction profile says of a feature of the catalogue. It follows the laws that each
 * ruling names, and is no legal advice. A feature that no law restricts is allowed. So is an id
 * outside the catalogue: of a declared input the name is checked instead.
 */
export function legalClassOf(featureId: string, jurisdiction: Jurisdiction): LegalRuling {
  const rulings = Object.hasOwn(RULINGS, featureId) ? RULINGS[featureId] : undefined
  if (rulings === undefined) return ALLOWED
  if (jurisdiction !== 'GENERIC') return rulings[jurisdiction]
  return [rulings.US, rulings.EU, rulings.CN].reduce((strictest, each) =>
    strictnessOf(each) > strictnessOf(strictest) ? each : strictest
  )
}

function strictnessOf(ruling: LegalRuling): number {
  return LEGAL_CLASSES.indexOf(ruling.class)
}
