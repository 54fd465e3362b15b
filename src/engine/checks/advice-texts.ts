import type { Text } from '../values/text.ts'

/** What could be done instead of an order that is not approved. */
export const ALTERNATIVE_TEXTS = {
  smaller_amount: {
    en: 'An order of at most this amount would be approved now.',
    zh: '不超过此金额的订单现在即可批准。'
  },
  later_date: {
    en: 'The whole order is expected to pass from this day on, if open invoices are paid as this customer usually pays and nothing else changes.',
    zh: '若未结发票按该客户惯常付款进度结清且其他情况不变，全部订单预计自该日起可获批准。'
  },
  split: {
    en: 'The first part would be approved now; the rest is expected to pass from its day on, if open invoices are paid as usual.',
    zh: '首批金额现在即可批准；若未结发票按惯常进度结清，其余部分预计自所示日期起可获批准。'
  },
  prepayment: {
    en: 'The order would be approved if this part of it is paid before delivery.',
    zh: '若在发货前预付此金额，订单即可批准。'
  },
  shorter_terms: {
    en: 'The order would be approved with these payment terms.',
    zh: '若采用此账期，订单即可批准。'
  },
  security: {
    en: 'The order would be approved with security in force that covers this much more.',
    zh: '若另有担保覆盖此金额并已生效，订单即可批准。'
  }
} as const satisfies Record<string, Text>
/** Follows the text of an alternative that needs shorter terms than the order asks for. */
export const WITH_THESE_TERMS: Text = { en: ' It takes the payment terms beside it.', zh: '同时须采用所示账期。' }
export type AlternativeKind = keyof typeof ALTERNATIVE_TEXTS
export const ALTERNATIVE_KINDS = Object.keys(ALTERNATIVE_TEXTS) as AlternativeKind[]

/** The condition under which a step no longer stops the order. */
export const CONDITION_TEXTS = {
  lift_hold: { en: 'The manual hold is lifted.', zh: '解除人工冻结。' },
  renew_rating: { en: 'The customer is assessed and its rating is in force.', zh: '完成评估且评级生效。' },
  improve_rating: { en: 'The rating comes to this grade or a better one.', zh: '评级达到该等级或更高。' },
  decide_limit: { en: 'A limit is decided and in force.', zh: '核定信用额度并生效。' },
  raise_limit: { en: 'The limit is raised to this amount.', zh: '额度提高至此金额。' },
  lower_exposure: {
    en: 'Exposure falls by this amount: invoices are paid or reservations released.',
    zh: '敞口下降此金额：结清发票或释放预留。'
  },
  resolve_dispute: {
    en: 'Disputes are resolved: this much of what is owed is contested.',
    zh: '解决争议：欠款中有此金额存在争议。'
  },
  provide_security: { en: 'Security that covers this much more is in force.', zh: '另有担保覆盖此金额并已生效。' },
  renew_security: { en: 'The required security is in force again.', zh: '所要求的担保重新生效。' },
  pay_overdue: {
    en: 'Overdue invoices are paid: this amount, or all that were due before this day.',
    zh: '结清逾期发票：达到此金额，或结清该日之前到期的全部发票。'
  },
  shorten_terms: { en: 'The order takes these payment terms or shorter ones.', zh: '订单采用此账期或更短账期。' },
  reconcile: { en: 'A snapshot of open items is reconciled.', zh: '完成未结项目核对。' },
  record_rate: { en: 'A newer exchange rate is recorded.', zh: '录入较新的汇率。' },
  human_decision: { en: 'A person with authority releases the order.', zh: '由有权限的人员放行订单。' }
} as const satisfies Record<string, Text>
export type ConditionKind = keyof typeof CONDITION_TEXTS
export const CONDITION_KINDS = Object.keys(CONDITION_TEXTS) as ConditionKind[]
