import type { Text } from '../src/engine/values/text.ts'

interface Forbidden {
  readonly what: string
  readonly language: keyof Text
  readonly pattern: RegExp
}

/** What no sentence for a reader may say. A problem may: its caller knows fields and codes. */
export const CODES: readonly Forbidden[] = [
  { what: 'a code in a sentence', language: 'en', pattern: /(?<!\{)\b[a-z]+[_.][a-z]\w*/ },
  { what: 'a code in a sentence', language: 'en', pattern: /(?<!\{)\b[a-z]+[A-Z]\w*/ },
  { what: 'a code in a sentence', language: 'en', pattern: /\b[A-Z]+_[A-Z_]+\b/ },
  { what: 'a code in a sentence', language: 'zh', pattern: /(?<!\{)\b[A-Za-z]+[_.][A-Za-z]\w*/ },
  { what: 'English in a Chinese sentence', language: 'zh', pattern: /(?<![{\w])[a-z]{2,}/ },
  { what: 'a formula in code', language: 'zh', pattern: /(?<!\{)\b[a-z]+[A-Z]|\w \/ \w/ }
]

/** What no text may say, beside the words that the glossary replaces. */
export const FORBIDDEN: readonly Forbidden[] = [
  // {we} says 我司 to a business and 我们 to a person.
  { what: '我方', language: 'zh', pattern: /我方/ },
  { what: 'a blank in a percentage', language: 'zh', pattern: /\} %|\d %/ },
  { what: 'a blank in a percentage', language: 'en', pattern: /\} %|\d %/ },
  { what: 'a policy that is not said to be of credit', language: 'en', pattern: /(?<!credit )policy(?! maximum)/ },
  { what: '核销 alone of a debt', language: 'zh', pattern: /核销(?!的?收款)(?<!未核销|收款核销|已核销)/ },
  { what: '未结 of an invoice, balance or item: 未清', language: 'zh', pattern: /未结(?!诉讼|被诉)/ },
  { what: '担保 for every security: 增信措施', language: 'zh', pattern: /担保(?!、信用保险)/ },
  { what: '占比 where a cap is meant', language: 'zh', pattern: /(?<!逾期)占比/ },
  { what: '负债率 for another ratio', language: 'zh', pattern: /(?<!资产|资本|净)负债率/ },
  { what: '承载 of a limit', language: 'zh', pattern: /承载/ },
  { what: '利息支出: 利息费用', language: 'zh', pattern: /利息支出/ },
  { what: '总资产收益率: 总资产净利率', language: 'zh', pattern: /总资产收益率/ },
  { what: '无值: 无数据', language: 'zh', pattern: /无值/ },
  { what: '最高分: 满分', language: 'zh', pattern: /最高分|四分之三/ },
  { what: '更高评级需要: 如需更高评级，须', language: 'zh', pattern: /更高评级需要|评估结果需要/ },
  { what: '同业 of suppliers, which are competitors', language: 'zh', pattern: /同业/ },
  { what: '资信机构: 征信机构', language: 'zh', pattern: /资信机构|外部机构/ },
  { what: '纳税信用等级: 纳税缴费信用级别', language: 'zh', pattern: /纳税信用/ },
  { what: '在案 of a record: 档案内', language: 'zh', pattern: /在案/ },
  { what: 'two persons at once', language: 'zh', pattern: /贵司（您）/ },
  { what: 'a limit that is carried', language: 'en', pattern: /\bcarr(y|ies|ied)\b/ },
  { what: 'a rule that fires', language: 'en', pattern: /\bfired?\b/ },
  { what: 'points that are earned', language: 'en', pattern: /\bearned\b|\bbest attribute\b/ },
  { what: '“dishonest debtors” for judgment debtors', language: 'en', pattern: /dishonest debtor/ },
  { what: 'what speaks for someone', language: 'en', pattern: /speaks? (for|against)/ }
]
