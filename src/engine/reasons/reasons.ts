import type { Text } from '../values/text.ts'
import { EVIDENCE_REASONS } from './evidence-reasons.ts'
import type { Reader, ReasonEntry } from './reason-entry.ts'

/**
 * Every reason that a score, a limit or an order check can give, with its text for each reader. A
 * code never changes its meaning and is never removed: stored decisions refer to it.
 */
export const REASONS = {
  ...EVIDENCE_REASONS,
  // Scoring: statements
  EQUITY_LOW: {
    kind: 'adverse',
    text: {
      sales: { en: 'Little of the business is financed by its own capital.', zh: '自有资本占比偏低。' },
      customer: { en: 'Your equity is low compared with your total assets.', zh: '贵司净资产占总资产的比例偏低。' },
      auditor: { en: 'The equity ratio earned fewer points than its best attribute.', zh: '权益比率未取得该项最高分。' }
    }
  },
  LIQUIDITY_LOW: {
    kind: 'adverse',
    text: {
      sales: { en: 'Short-term assets hardly cover short-term debts.', zh: '流动资产难以覆盖短期债务。' },
      customer: {
        en: 'Your current assets are low compared with what falls due within a year.',
        zh: '贵司流动资产相对一年内到期债务偏低。'
      },
      auditor: {
        en: 'The current ratio earned fewer points than its best attribute.',
        zh: '流动比率未取得该项最高分。'
      }
    }
  },
  INTEREST_COVER_LOW: {
    kind: 'adverse',
    text: {
      sales: { en: 'Earnings cover the interest only thinly.', zh: '利润对利息的保障不足。' },
      customer: { en: 'Your earnings are low compared with your interest expense.', zh: '贵司盈利相对利息支出偏低。' },
      auditor: {
        en: 'Interest coverage (EBIT over interest expense) earned fewer points than its best attribute.',
        zh: '利息保障倍数（息税前利润/利息支出）未取得该项最高分。'
      }
    }
  },
  PROFITABILITY_LOW: {
    kind: 'adverse',
    text: {
      sales: { en: 'The business earns little or loses money.', zh: '盈利能力偏弱或亏损。' },
      customer: {
        en: 'Your profit is low compared with your assets or revenue.',
        zh: '贵司利润相对资产或营业收入偏低。'
      },
      auditor: {
        en: 'Return on assets or net margin earned fewer points than its best attribute.',
        zh: '总资产收益率或销售净利率未取得该项最高分。'
      }
    }
  },
  CASH_FLOW_LOW: {
    kind: 'adverse',
    text: {
      sales: { en: 'Operations bring in little cash for the debts they carry.', zh: '经营现金流相对负债偏少。' },
      customer: {
        en: 'Your cash flow from operations is low compared with your liabilities.',
        zh: '贵司经营活动现金流相对负债偏低。'
      },
      auditor: {
        en: 'Operating cash flow to liabilities earned fewer points than its best attribute.',
        zh: '经营现金流负债比未取得该项最高分。'
      }
    }
  },
  RETAINED_EARNINGS_LOW: {
    kind: 'adverse',
    text: {
      sales: { en: 'The business has kept little profit over the years.', zh: '历年留存利润较少。' },
      customer: { en: 'Your retained earnings are low compared with your assets.', zh: '贵司留存收益相对总资产偏低。' },
      auditor: {
        en: 'Retained earnings to total assets earned fewer points than its best attribute.',
        zh: '留存收益资产比未取得该项最高分。'
      }
    }
  },
  EQUITY_STRONG: {
    kind: 'favourable',
    text: {
      sales: { en: 'The business stands on its own capital.', zh: '自有资本充足。' },
      customer: { en: 'Your equity is solid.', zh: '贵司净资产充足。' },
      auditor: {
        en: 'The equity ratio earned at least three quarters of its points.',
        zh: '权益比率取得该项四分之三以上的分数。'
      }
    }
  },
  LIQUIDITY_STRONG: {
    kind: 'favourable',
    text: {
      sales: { en: 'Short-term debts are well covered.', zh: '短期债务保障充分。' },
      customer: { en: 'Your current assets cover your short-term debts well.', zh: '贵司流动资产对短期债务覆盖良好。' },
      auditor: {
        en: 'The current ratio earned at least three quarters of its points.',
        zh: '流动比率取得该项四分之三以上的分数。'
      }
    }
  },
  INTEREST_COVER_STRONG: {
    kind: 'favourable',
    text: {
      sales: { en: 'Earnings cover the interest many times.', zh: '利润对利息的保障充分。' },
      customer: { en: 'Your earnings cover your interest comfortably.', zh: '贵司盈利可充分覆盖利息支出。' },
      auditor: {
        en: 'Interest coverage earned at least three quarters of its points.',
        zh: '利息保障倍数取得该项四分之三以上的分数。'
      }
    }
  },
  PROFITABILITY_STRONG: {
    kind: 'favourable',
    text: {
      sales: { en: 'The business is very profitable.', zh: '盈利能力强。' },
      customer: { en: 'Your profitability is strong.', zh: '贵司盈利能力良好。' },
      auditor: {
        en: 'Return on assets or net margin earned at least three quarters of its points.',
        zh: '总资产收益率或销售净利率取得该项四分之三以上的分数。'
      }
    }
  },
  CASH_FLOW_STRONG: {
    kind: 'favourable',
    text: {
      sales: { en: 'Operations bring in plenty of cash.', zh: '经营现金流充裕。' },
      customer: { en: 'Your cash flow from operations is strong.', zh: '贵司经营活动现金流良好。' },
      auditor: {
        en: 'Operating cash flow to liabilities earned at least three quarters of its points.',
        zh: '经营现金流负债比取得该项四分之三以上的分数。'
      }
    }
  },
  RETAINED_EARNINGS_STRONG: {
    kind: 'favourable',
    text: {
      sales: { en: 'Years of profit have stayed in the business.', zh: '历年留存利润充足。' },
      customer: { en: 'Your retained earnings are solid.', zh: '贵司留存收益充足。' },
      auditor: {
        en: 'Retained earnings to total assets earned at least three quarters of its points.',
        zh: '留存收益资产比取得该项四分之三以上的分数。'
      }
    }
  },
  // Scoring: payment behaviour
  PAYS_LATE: {
    kind: 'adverse',
    text: {
      sales: { en: 'The customer pays its invoices late.', zh: '客户付款经常逾期。' },
      customer: { en: 'Your invoices were paid after their due date.', zh: '贵司付款晚于到期日。' },
      auditor: {
        en: 'Days late, weighted by amount over the last twelve months, earned fewer points than the best attribute.',
        zh: '近 12 个月按金额加权的逾期天数未取得该项最高分。'
      }
    }
  },
  OVERDUE_SHARE_HIGH: {
    kind: 'adverse',
    text: {
      sales: { en: 'Much of what the customer owes is past due.', zh: '欠款中逾期部分占比高。' },
      customer: { en: 'A large part of your open balance is past due.', zh: '贵司未付款项中逾期比例较高。' },
      auditor: {
        en: 'The overdue share of the open balance is higher than the model or the policy accepts without a deduction.',
        zh: '逾期余额占未结余额的比例高于模型或政策的标准。'
      }
    }
  },
  OVERDUE_OLD: {
    kind: 'adverse',
    text: {
      sales: { en: 'An open invoice has been overdue for long.', zh: '存在长期逾期未付的发票。' },
      customer: { en: 'An invoice has been overdue for some time.', zh: '贵司有发票已逾期较长时间。' },
      auditor: {
        en: 'Days past due of the oldest overdue invoice earned fewer points than the best attribute.',
        zh: '最长逾期发票的逾期天数未取得该项最高分。'
      }
    }
  },
  PAYMENT_WORSENING: {
    kind: 'adverse',
    text: {
      sales: { en: 'The customer has begun to pay later than before.', zh: '客户近期付款变慢。' },
      customer: { en: 'Your recent payments came later than before.', zh: '贵司近期付款较以往延迟。' },
      auditor: {
        en: 'Days late of the last three months against the twelve before earned fewer points than the best attribute.',
        zh: '近 3 个月较此前 12 个月的逾期天数变化未取得该项最高分。'
      }
    }
  },
  EXPERIENCE_SHORT: {
    kind: 'adverse',
    text: {
      sales: { en: 'The customer has paid few invoices so far.', zh: '客户已结清的发票较少。' },
      customer: { en: 'We do not know your payments for long yet.', zh: '双方的付款往来记录尚少。' },
      auditor: {
        en: 'The number of settled invoices earned fewer points than the best attribute.',
        zh: '已结清发票数量未取得该项最高分。'
      }
    }
  },
  PAYS_ON_TIME: {
    kind: 'favourable',
    text: {
      sales: { en: 'The customer pays on time.', zh: '客户按时付款。' },
      customer: { en: 'You pay on time.', zh: '贵司付款及时。' },
      auditor: {
        en: 'Weighted days late earned at least three quarters of its points.',
        zh: '加权逾期天数取得该项四分之三以上的分数。'
      }
    }
  },
  OVERDUE_NONE: {
    kind: 'favourable',
    text: {
      sales: { en: 'Nothing of weight is overdue.', zh: '无重大逾期。' },
      customer: { en: 'You have no significant overdue balance.', zh: '贵司无重大逾期款项。' },
      auditor: {
        en: 'Overdue share or age earned at least three quarters of its points.',
        zh: '逾期占比或逾期天数取得该项四分之三以上的分数。'
      }
    }
  },
  PAYMENT_STEADY: {
    kind: 'favourable',
    text: {
      sales: { en: 'The customer pays as well as before, or better.', zh: '客户付款稳定或有所改善。' },
      customer: { en: 'Your payments are steady.', zh: '贵司付款稳定。' },
      auditor: {
        en: 'The trend of days late earned at least three quarters of its points.',
        zh: '逾期天数趋势取得该项四分之三以上的分数。'
      }
    }
  },
  EXPERIENCE_LONG: {
    kind: 'favourable',
    text: {
      sales: { en: 'The customer has paid many invoices.', zh: '客户已结清大量发票。' },
      customer: { en: 'You have a long record of paid invoices with us.', zh: '贵司与我方有较长的付款记录。' },
      auditor: {
        en: 'The number of settled invoices earned at least three quarters of its points.',
        zh: '已结清发票数量取得该项四分之三以上的分数。'
      }
    }
  },
  // Scoring: profile
  COMPANY_YOUNG: {
    kind: 'adverse',
    text: {
      sales: { en: 'The company has not existed for long.', zh: '企业成立时间较短。' },
      customer: { en: 'Your company was founded recently.', zh: '贵司成立时间较短。' },
      auditor: {
        en: 'Years since registration earned fewer points than the best attribute.',
        zh: '成立年限未取得该项最高分。'
      }
    }
  },
  COOPERATION_SHORT: {
    kind: 'adverse',
    text: {
      sales: { en: 'The customer has not been with us for long.', zh: '合作时间较短。' },
      customer: { en: 'We have worked together for a short time only.', zh: '双方合作时间较短。' },
      auditor: {
        en: 'Years of cooperation earned fewer points than the best attribute.',
        zh: '合作年限未取得该项最高分。'
      }
    }
  },
  COMPANY_SMALL: {
    kind: 'adverse',
    text: {
      sales: { en: 'The company is small.', zh: '企业规模较小。' },
      customer: { en: 'Your company is small.', zh: '贵司规模较小。' },
      auditor: {
        en: 'The number of employees earned fewer points than the best attribute.',
        zh: '员工人数未取得该项最高分。'
      }
    }
  },
  COMPANY_ESTABLISHED: {
    kind: 'favourable',
    text: {
      sales: { en: 'The company is long established.', zh: '企业成立时间长。' },
      customer: { en: 'Your company is long established.', zh: '贵司成立时间较长。' },
      auditor: {
        en: 'Years since registration earned at least three quarters of its points.',
        zh: '成立年限取得该项四分之三以上的分数。'
      }
    }
  },
  COOPERATION_LONG: {
    kind: 'favourable',
    text: {
      sales: { en: 'The customer has been with us for years.', zh: '合作多年。' },
      customer: { en: 'We have worked together for years.', zh: '双方合作多年。' },
      auditor: {
        en: 'Years of cooperation earned at least three quarters of its points.',
        zh: '合作年限取得该项四分之三以上的分数。'
      }
    }
  },
  COMPANY_LARGE: {
    kind: 'favourable',
    text: {
      sales: { en: 'The company is large.', zh: '企业规模较大。' },
      customer: { en: 'Your company is of considerable size.', zh: '贵司规模较大。' },
      auditor: {
        en: 'The number of employees earned at least three quarters of its points.',
        zh: '员工人数取得该项四分之三以上的分数。'
      }
    }
  },
  // Scoring: what is missing
  STATEMENTS_MISSING: {
    kind: 'adverse',
    text: {
      sales: {
        en: 'We have no usable annual accounts; ask for the newest ones.',
        zh: '没有可用的财务报表，请向客户索取最近一期报表。'
      },
      customer: { en: 'Please send us your newest annual accounts.', zh: '请提供贵司最近一期的财务报表。' },
      auditor: {
        en: 'Financial characteristics had no value and earned what their missing rule gives.',
        zh: '财务指标无值，按缺失规则计分。'
      }
    }
  },
  STATEMENTS_STALE: {
    kind: 'adverse',
    text: {
      sales: { en: 'The accounts are too old; ask for newer ones.', zh: '财务报表已过期，请向客户索取新报表。' },
      customer: { en: 'Please send us newer annual accounts.', zh: '请提供更新的财务报表。' },
      auditor: {
        en: 'The newest statement is older than the model allows; its characteristics count as missing.',
        zh: '最近一期报表超过模型允许的期限，相关指标按缺失处理。'
      }
    }
  },
  STATEMENT_ITEMS_MISSING: {
    kind: 'adverse',
    text: {
      sales: { en: 'The accounts lack figures that the rating needs.', zh: '财务报表缺少评级所需的项目。' },
      customer: {
        en: 'Some figures are missing in your accounts; please send the full ones.',
        zh: '贵司报表缺少部分项目，请提供完整报表。'
      },
      auditor: {
        en: 'Some financial characteristics could not be computed from the statement and count as missing.',
        zh: '部分财务指标无法由报表计算，按缺失处理。'
      }
    }
  },
  PAYMENT_HISTORY_MISSING: {
    kind: 'adverse',
    text: {
      sales: { en: 'The customer has hardly any payment record with us yet.', zh: '客户在我方尚无足够的付款记录。' },
      customer: { en: 'We do not have a payment record of you yet.', zh: '我方尚无贵司的付款记录。' },
      auditor: {
        en: 'Characteristics of payment behaviour had no value and earned what their missing rule gives.',
        zh: '付款行为指标无值，按缺失规则计分。'
      }
    }
  },
  PROFILE_INCOMPLETE: {
    kind: 'adverse',
    text: {
      sales: { en: 'Master data of the customer are missing.', zh: '客户基本资料不完整。' },
      customer: { en: 'Please complete your company details.', zh: '请补充贵司基本资料。' },
      auditor: {
        en: 'Characteristics of the profile had no value and earned what their missing rule gives.',
        zh: '基本资料指标无值，按缺失规则计分。'
      }
    }
  },
  INPUT_STALE: {
    kind: 'adverse',
    text: {
      sales: { en: 'Some data are too old to count.', zh: '部分数据已过期。' },
      customer: { en: 'Some of your details need to be brought up to date.', zh: '贵司部分资料需要更新。' },
      auditor: {
        en: 'A value is older than the model allows and counts as missing.',
        zh: '数据超过模型允许的期限，按缺失处理。'
      }
    }
  },
  COVERAGE_TOO_LOW: {
    kind: 'adverse',
    text: {
      sales: { en: 'Too little is known for a rating.', zh: '资料不足，无法评级。' },
      customer: { en: 'We need more information to assess you.', zh: '我方需要更多资料才能完成评估。' },
      auditor: {
        en: 'The weight of the known characteristics is below the minimum coverage of the model: unrated.',
        zh: '已知指标的权重低于模型的最低覆盖率，未评级。'
      }
    }
  },
  EVIDENCE_INSUFFICIENT: {
    kind: 'adverse',
    text: {
      sales: {
        en: 'A rating needs annual accounts or a handful of paid invoices.',
        zh: '评级需要财务报表或若干已结清的发票。'
      },
      customer: {
        en: 'We need your annual accounts or a first payment record to assess you.',
        zh: '我方需要贵司的财务报表或初步付款记录才能完成评估。'
      },
      auditor: {
        en: 'No body of evidence that the model accepts was complete: unrated.',
        zh: '模型认可的证据组合均不完整，未评级。'
      }
    }
  },
  REQUIRED_INPUT_MISSING: {
    kind: 'adverse',
    text: {
      sales: { en: 'A fact that no rating can do without is missing.', zh: '缺少评级必需的数据。' },
      customer: { en: 'We need more information to assess you.', zh: '我方需要更多资料才能完成评估。' },
      auditor: { en: 'An input whose missing rule is "unrated" had no value.', zh: '缺失规则为“不评级”的输入项无值。' }
    }
  },
  // Scoring: ceilings and knock-outs
  GRADE_LIMITED_BY_STATEMENTS: {
    kind: 'adverse',
    text: {
      sales: { en: 'A better grade needs stronger annual accounts.', zh: '更高评级需要更强的财务报表支持。' },
      customer: {
        en: 'A better assessment needs stronger or more complete annual accounts.',
        zh: '更好的评估结果需要更稳健或更完整的财务报表。'
      },
      auditor: {
        en: 'The evidence from statements does not support a better grade: a ceiling applied.',
        zh: '财务报表证据不足以支持更高等级，适用等级上限。'
      }
    }
  },
  GRADE_LIMITED_BY_PAYMENT_RECORD: {
    kind: 'adverse',
    text: {
      sales: {
        en: 'A better grade needs a proven payment record with us.',
        zh: '更高评级需要在我方有良好的付款记录。'
      },
      customer: {
        en: 'A better assessment needs a longer record of timely payments.',
        zh: '更好的评估结果需要更长的按时付款记录。'
      },
      auditor: {
        en: 'The evidence from payment behaviour does not support a better grade: a ceiling applied.',
        zh: '付款行为证据不足以支持更高等级，适用等级上限。'
      }
    }
  },
  OVERDUE_SERIOUS: {
    kind: 'adverse',
    text: {
      sales: {
        en: 'An invoice is seriously overdue; the rating is limited until it is paid.',
        zh: '存在严重逾期发票，付清前评级受限。'
      },
      customer: { en: 'Please settle the invoice that has long been overdue.', zh: '请尽快付清长期逾期的发票。' },
      auditor: {
        en: 'A knock-out on the oldest overdue invoice limited the grade.',
        zh: '最长逾期发票触发否决规则，等级受限。'
      }
    }
  },
  CUSTOMER_IN_DEFAULT: {
    kind: 'adverse',
    text: {
      sales: { en: 'The customer is in default: payment before delivery only.', zh: '客户已违约，仅限款到发货。' },
      customer: {
        en: 'We can deliver against payment in advance only, because invoices have stayed unpaid.',
        zh: '因发票长期未付，我方仅能在预付款后发货。'
      },
      auditor: { en: 'The grade is D: the customer counts as being in default.', zh: '等级为 D，客户视为违约。' }
    }
  },
  // Limit
  RATING_MISSING: {
    kind: 'adverse',
    text: {
      sales: { en: 'There is no rating in force; have the customer assessed.', zh: '客户没有有效评级，请先进行评估。' },
      customer: { en: 'We have not been able to assess you yet.', zh: '我方尚未完成对贵司的评估。' },
      auditor: { en: 'No rating was in force.', zh: '无有效评级。' }
    }
  },
  RATING_BELOW_FLOOR: {
    kind: 'adverse',
    text: {
      sales: { en: 'The rating is too weak for credit.', zh: '评级过低，不予授信。' },
      customer: { en: 'At present we can deliver against payment in advance.', zh: '目前我方可在预付款后发货。' },
      auditor: { en: 'The grade is worse than the floor of the policy.', zh: '等级低于政策规定的最低等级。' }
    }
  },
  LIMIT_BASIS_MISSING: {
    kind: 'adverse',
    text: {
      sales: {
        en: 'Nothing shows yet what the customer can carry: accounts or paid invoices are needed.',
        zh: '尚无依据确定客户的承载能力，需要财务报表或已结清的发票。'
      },
      customer: {
        en: 'For a credit limit we need your annual accounts or a first record of paid invoices.',
        zh: '核定信用额度需要贵司的财务报表或已结清的发票记录。'
      },
      auditor: {
        en: 'Neither a cap from statements nor one from experience could be computed.',
        zh: '财务报表上限与历史经验上限均无法计算。'
      }
    }
  },
  NET_WORTH_NEGATIVE: {
    kind: 'adverse',
    text: {
      sales: {
        en: 'The customer has no tangible net worth that could carry a limit.',
        zh: '客户有形净资产为负，无法承载额度。'
      },
      customer: {
        en: 'Your equity does not support a credit limit at present.',
        zh: '贵司目前的净资产不足以支持信用额度。'
      },
      auditor: {
        en: 'Tangible net worth is negative, so the equity cap is zero.',
        zh: '有形净资产为负，权益上限为零。'
      }
    }
  },
  LIMIT_BELOW_MINIMUM: {
    kind: 'adverse',
    text: {
      sales: { en: 'The limit would be too small to be worth having.', zh: '测算额度低于最低授信额度。' },
      customer: { en: 'We cannot grant a credit limit at present.', zh: '目前我方无法授予信用额度。' },
      auditor: {
        en: 'The amount, rounded down, is zero or below the minimum of the policy for this currency.',
        zh: '取整后的额度为零或低于政策规定的该币种最低额度。'
      }
    }
  },
  LIMIT_NEEDS_APPROVAL: {
    kind: 'neutral',
    text: {
      sales: { en: 'The limit waits for approval.', zh: '额度待审批。' },
      customer: { en: 'Your credit limit is being reviewed.', zh: '贵司的信用额度正在审批。' },
      auditor: {
        en: 'The amount exceeds the automatic authority of the policy, or the policy has none for this currency.',
        zh: '额度超出政策的自动审批权限，或政策未规定该币种的权限。'
      }
    }
  },
  LIMIT_BOUND_BY_EQUITY: {
    kind: 'neutral',
    text: {
      sales: { en: 'The limit is set by what the customer owns.', zh: '额度由客户净资产决定。' },
      customer: { en: 'Your limit follows from your equity.', zh: '贵司额度依据净资产核定。' },
      auditor: { en: 'The binding component is the share of tangible net worth.', zh: '约束项为有形净资产占比。' }
    }
  },
  LIMIT_BOUND_BY_REVENUE: {
    kind: 'neutral',
    text: {
      sales: { en: "The limit is set by the size of the customer's business.", zh: '额度由客户营业规模决定。' },
      customer: { en: 'Your limit follows from your revenue.', zh: '贵司额度依据营业收入核定。' },
      auditor: { en: 'The binding component is the share of revenue.', zh: '约束项为营业收入占比。' }
    }
  },
  LIMIT_BOUND_BY_EXPERIENCE: {
    kind: 'neutral',
    text: {
      sales: {
        en: 'The limit is set by what the customer has owed and paid so far.',
        zh: '额度由客户历史结清金额决定。'
      },
      customer: {
        en: 'Your limit follows from the invoices you have paid so far.',
        zh: '贵司额度依据历史付款记录核定。'
      },
      auditor: {
        en: 'The binding component is the multiple of the highest settled balance.',
        zh: '约束项为历史最高已结清余额倍数。'
      }
    }
  },
  LIMIT_BOUND_BY_NEED: {
    kind: 'neutral',
    text: {
      sales: { en: 'The limit is set by what the customer needs for its purchases.', zh: '额度由客户采购需求决定。' },
      customer: { en: 'Your limit follows from your purchases.', zh: '贵司额度依据采购规模核定。' },
      auditor: {
        en: 'The binding component is the need computed from purchases and terms.',
        zh: '约束项为按采购额与账期测算的需求。'
      }
    }
  },
  LIMIT_BOUND_BY_REQUEST: {
    kind: 'neutral',
    text: {
      sales: { en: 'The limit is set by the amount asked for.', zh: '额度由申请金额决定。' },
      customer: { en: 'Your limit is the amount you asked for.', zh: '贵司额度按申请金额核定。' },
      auditor: { en: 'The binding component is the request.', zh: '约束项为申请额度。' }
    }
  },
  LIMIT_BOUND_BY_POLICY_MAXIMUM: {
    kind: 'neutral',
    text: {
      sales: { en: 'The limit is set by the most that the policy gives.', zh: '额度由政策最高额度决定。' },
      customer: {
        en: 'Your limit is the highest that we grant in this currency.',
        zh: '贵司额度为我方该币种的最高额度。'
      },
      auditor: {
        en: 'The binding component is the maximum of the policy for this currency.',
        zh: '约束项为政策规定的该币种最高额度。'
      }
    }
  },
  // Order check
  MANUAL_HOLD: {
    kind: 'adverse',
    text: {
      sales: {
        en: 'A manual hold stands: no new credit until it is lifted.',
        zh: '客户已被人工冻结，解除前不得新增赊销。'
      },
      customer: { en: 'Your account is on hold. Please contact us.', zh: '贵司账户目前处于冻结状态，请与我方联系。' },
      auditor: { en: 'A manual hold was in force when the order was decided.', zh: '决策时存在人工冻结。' }
    }
  },
  RATING_EXPIRED: {
    kind: 'adverse',
    text: {
      sales: {
        en: 'The rating is past its validity: the customer must be assessed again.',
        zh: '评级已过有效期，需重新评估。'
      },
      customer: { en: 'Your rating with us has to be renewed.', zh: '贵司评级需要更新。' },
      auditor: { en: "The rating's validity ended before the day of the order.", zh: '评级有效期早于订单日。' }
    }
  },
  LIMIT_MISSING: {
    kind: 'adverse',
    text: {
      sales: { en: 'No limit has been decided yet.', zh: '尚未核定信用额度。' },
      customer: { en: 'No credit limit has been set for you yet.', zh: '尚未为贵司核定信用额度。' },
      auditor: { en: 'No limit decision was in force for the account.', zh: '账户没有生效的额度决定。' }
    }
  },
  NO_LIMIT_GRANTED: {
    kind: 'adverse',
    text: {
      sales: { en: 'The customer has no credit limit, by decision.', zh: '经审批，该客户不予授信。' },
      customer: { en: 'We do not grant you credit at present.', zh: '目前无法为贵司提供赊销。' },
      auditor: { en: 'The limit decision in force grants no limit.', zh: '生效的额度决定为不予授信。' }
    }
  },
  CASH_ONLY: {
    kind: 'adverse',
    text: {
      sales: { en: 'Payment before delivery only.', zh: '仅限款到发货。' },
      customer: { en: 'We deliver to you against payment in advance.', zh: '对贵司仅接受款到发货。' },
      auditor: { en: 'The limit decision in force is cash only.', zh: '生效的额度决定为仅限现款。' }
    }
  },
  LIMIT_EXPIRED: {
    kind: 'adverse',
    text: {
      sales: { en: 'The limit is past its validity.', zh: '信用额度已过有效期。' },
      customer: { en: 'Your credit limit has to be renewed.', zh: '贵司信用额度需要更新。' },
      auditor: { en: "The limit's validity ended before the day of the order.", zh: '额度有效期早于订单日。' }
    }
  },
  LIMIT_EXCEEDED: {
    kind: 'adverse',
    text: {
      sales: {
        en: 'The order would raise what the customer owes above the limit.',
        zh: '该订单将使客户欠款超过信用额度。'
      },
      customer: { en: 'The order exceeds your available credit.', zh: '该订单超出贵司可用额度。' },
      auditor: {
        en: 'Exposure before the order plus its amount is greater than the limit.',
        zh: '订单前敞口加订单金额大于额度。'
      }
    }
  },
  LIMIT_EXCEEDED_WITHIN_HORIZON: {
    kind: 'adverse',
    text: {
      sales: {
        en: 'The order would raise what the customer owes within the planning horizon above the limit.',
        zh: '计入计划期内发货的订单后，客户欠款将超过信用额度。'
      },
      customer: {
        en: 'The order exceeds your available credit for deliveries of the coming weeks.',
        zh: '该订单超出贵司近期发货的可用额度。'
      },
      auditor: {
        en: 'Exposure without orders that ship beyond the horizon, plus the order, is greater than the limit.',
        zh: '不计展望期后发货订单的敞口加该订单金额大于额度。'
      }
    }
  },
  ORDER_TOO_LARGE: {
    kind: 'adverse',
    text: {
      sales: {
        en: 'The order alone is larger than the policy allows for this limit.',
        zh: '单笔订单金额超出政策允许的比例。'
      },
      customer: { en: 'The order is large for your credit limit.', zh: '该订单相对贵司额度偏大。' },
      auditor: {
        en: "The order's share of the limit is above the policy's largest single order.",
        zh: '订单占额度的比例高于政策的单笔上限。'
      }
    }
  },
  OVERDUE_TOO_OLD: {
    kind: 'adverse',
    text: {
      sales: { en: 'An invoice has been overdue for too long.', zh: '存在逾期时间过长的发票。' },
      customer: { en: 'Please settle your overdue invoices.', zh: '请结清贵司的逾期发票。' },
      auditor: {
        en: 'The oldest undisputed open invoice is past due by more days than the policy allows.',
        zh: '最早的无争议未结发票逾期天数超过政策上限。'
      }
    }
  },
  OVERDUE_BALANCE_HIGH: {
    kind: 'adverse',
    text: {
      sales: { en: 'Too much of what the customer owes is overdue.', zh: '客户欠款中逾期比例过高。' },
      customer: { en: 'A large part of your balance is overdue.', zh: '贵司欠款中有较大部分已逾期。' },
      auditor: {
        en: "The overdue share of the open balance reaches the policy's threshold.",
        zh: '未结余额的逾期比例达到政策阈值。'
      }
    }
  },
  OVERDUE_SEVERE: {
    kind: 'adverse',
    text: {
      sales: { en: 'Too much has been overdue for too long.', zh: '逾期金额大且时间长。' },
      customer: { en: 'Please settle your overdue balance.', zh: '请尽快结清贵司的逾期款项。' },
      auditor: {
        en: "Overdue amounts times days past due, net of disputes and unapplied cash, reach the policy's threshold.",
        zh: '扣除争议款和未核销收款后，逾期金额与天数的乘积达到政策阈值。'
      }
    }
  },
  CURRENCY_WITHOUT_THRESHOLD: {
    kind: 'neutral',
    text: {
      sales: {
        en: 'Something is overdue in a currency for which nobody has set a threshold.',
        zh: '存在逾期款项，而该币种尚未设定阈值。'
      },
      customer: { en: 'We need to look at your overdue balance.', zh: '我方需要核对贵司的逾期款项。' },
      auditor: {
        en: 'The policy states no threshold of overdue severity for the currency of the account.',
        zh: '政策未对账户币种规定逾期严重度阈值。'
      }
    }
  },
  PAYS_TOO_LATE: {
    kind: 'adverse',
    text: {
      sales: { en: 'The customer pays later than is acceptable.', zh: '客户付款逾期天数超出可接受范围。' },
      customer: { en: 'Your payments came too long after their due dates.', zh: '贵司付款晚于到期日过久。' },
      auditor: {
        en: 'Days late over twelve months, weighted by amount, are more than the policy allows.',
        zh: '近 12 个月按金额加权的逾期天数超过政策上限。'
      }
    }
  },
  NOTHING_PAID_YET: {
    kind: 'neutral',
    text: {
      sales: { en: 'The customer has not paid an invoice within a year.', zh: '客户近一年内尚无付款记录。' },
      customer: { en: 'We have no recent payment of yours yet.', zh: '我方暂无贵司近期的付款记录。' },
      auditor: {
        en: 'No payment was settled in the last twelve months: there is no payment index.',
        zh: '近 12 个月没有已核销的付款，无法计算付款指数。'
      }
    }
  },
  DUNNED: {
    kind: 'adverse',
    text: {
      sales: { en: 'The customer has been dunned for an open invoice.', zh: '客户有未结发票已进入催收。' },
      customer: { en: 'Please answer our reminders of your open invoices.', zh: '请回复我方的催款通知。' },
      auditor: {
        en: "The highest dunning level of an undisputed open invoice reaches the policy's threshold.",
        zh: '无争议未结发票的最高催收级别达到政策阈值。'
      }
    }
  },
  TERMS_TOO_LONG: {
    kind: 'adverse',
    text: {
      sales: { en: 'The order asks for longer payment terms than were granted.', zh: '订单账期长于核定账期。' },
      customer: { en: 'The payment terms of the order are longer than agreed.', zh: '订单账期超出约定。' },
      auditor: { en: 'The requested terms exceed those of the limit in force.', zh: '申请账期超过生效额度的账期。' }
    }
  },
  SOURCES_STALE: {
    kind: 'neutral',
    text: {
      sales: {
        en: 'The open items have not been reconciled with the books for too long.',
        zh: '未结项目已较长时间未与账簿核对。'
      },
      customer: { en: 'We are bringing our records of your account up to date.', zh: '我方正在更新贵司的往来账目。' },
      auditor: {
        en: 'The last snapshot of open items is older than the policy allows.',
        zh: '最近一次未结项目快照超过政策允许的时限。'
      }
    }
  },
  EXCHANGE_RATE_STALE: {
    kind: 'neutral',
    text: {
      sales: {
        en: 'The exchange rate of the order is too old: the rate of today has to be recorded.',
        zh: '订单适用的汇率过旧，需录入当日汇率。'
      },
      customer: { en: 'We are bringing our exchange rates up to date.', zh: '我方正在更新汇率。' },
      auditor: {
        en: 'The exchange rate that the order was converted with is older than the policy allows.',
        zh: '订单折算所用汇率超过政策允许的期限。'
      }
    }
  },
  SECURITY_LAPSED: {
    kind: 'adverse',
    text: {
      sales: { en: 'A security that the limit requires is not in force.', zh: '额度所要求的担保未生效或已到期。' },
      customer: { en: 'Please renew the security that we agreed upon.', zh: '请续办双方约定的担保。' },
      auditor: {
        en: 'A required security was missing or past its validity on the day of the order.',
        zh: '订单日所要求的担保缺失或已过有效期。'
      }
    }
  },
  UTILISATION_HIGH: {
    kind: 'adverse',
    text: {
      sales: { en: 'With this order the limit is nearly used up.', zh: '接受该订单后额度将接近用满。' },
      customer: { en: 'With this order your credit limit is nearly used up.', zh: '该订单后贵司额度将接近用满。' },
      auditor: {
        en: "Utilisation after the order reaches the policy's warning share.",
        zh: '订单后的额度使用率达到政策预警比例。'
      }
    }
  }
} as const satisfies Record<string, ReasonEntry>

export type ReasonCode = keyof typeof REASONS

/** Every code, in the order of the catalogue. */
export const REASON_CODES = Object.keys(REASONS) as ReasonCode[]

/** Whether a text is a code of the catalogue. */
export function isReasonCode(text: string): text is ReasonCode {
  return Object.hasOwn(REASONS, text)
}

/** The text of a reason for one reader. */
export function reasonText(code: ReasonCode, reader: Reader): Text {
  return REASONS[code].text[reader]
}
