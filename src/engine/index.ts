/** The only door of the engine: what it promises, by name. All else is internal to its rooms. */

export { alternatives } from './checks/alternatives.ts'
export { BLOCK_STATES, type BlockState } from './checks/blocked-order.ts'
export { type CheckFacts, creditMinor, ORDER_KINDS, type OrderFacts, type ReleaseFacts } from './checks/check-facts.ts'
export {
  type CreditLine,
  decideOrder,
  type KnownOrder,
  type LineDecision,
  type OpenReservation,
  recheckReserved,
  withoutReserved
} from './checks/credit-line.ts'
export { type CheckDecision, type DecisionIds, decisionOf } from './checks/decision.ts'
export { effectOf, FILE_CHANGES, type FileChange, graverChange } from './checks/file-change.ts'
export { FORECAST_CAUSES, FORECAST_DAYS_MAX, headroomForecast } from './checks/headroom-forecast.ts'
export { type CheckVerdict, checkOrder, OUTCOMES, obstaclesOf } from './checks/order-check.ts'
export { coverInForceMinor, creditWithinHorizonMinor } from './checks/order-headroom.ts'
export { retryInOrder, type WaitingOrder } from './checks/order-queue.ts'
export { OUTLOOK_DATES_MAX, type Outlook } from './checks/outlook.ts'
export { CHECK_STEPS, type CheckStepCode, STEP_RESULTS, STEP_UNITS } from './checks/steps/check-step.ts'
export { isReleased } from './checks/steps/evaluate-steps.ts'
export { unblockedBy } from './checks/unblocking.ts'
export { ALTERNATIVE_KINDS, CONDITION_KINDS } from './checks/words/advice-texts.ts'
export {
  BLOCK_STATE_NAMES,
  DAYS_LATE_BY_NAMES,
  namedChanges,
  namedCheck,
  nameOfCause,
  nameOfOutcome,
  OUTCOME_NAMES
} from './checks/words/check-names.ts'
export { type RecordedDecision, wordedCheck } from './checks/words/worded-check.ts'
export { namedCounterfactuals } from './counterfactuals/counterfactual-names.ts'
export {
  CHANGE_KINDS,
  COUNTERFACTUAL_GOALS,
  counterfactualSteps,
  counterfactuals,
  wordedChange
} from './counterfactuals/counterfactuals.ts'
export { addresseeOf, CUSTOMER_KINDS, type CustomerKind } from './customer/customer.ts'
export { IDENTIFIER_SCHEMES, identifierFault } from './customer/identifiers.ts'
export { isIndustry } from './customer/isic.ts'
export { EDUCATIONS, OCCUPATIONS, RESIDENCES } from './customer/person.ts'
export { EDITION, EDITIONS, type Editions, type Rules, rulesOf } from './editions/edition.ts'
export { TEXTS } from './editions/texts.ts'
export type { CreditFile, CustomerProfile, GivenInputs } from './features/credit-file.ts'
export {
  EVIDENCE,
  EVIDENCE_KINDS,
  type EvidenceFact,
  type EvidenceKind,
  evidenceFaults,
  type FactField,
  isKnockout
} from './features/evidence.ts'
export { type Feature, type FeatureSet, type FeatureValue, MISSING_REASONS } from './features/feature.ts'
export {
  FEATURE_HOLDERS,
  FEATURE_INFLUENCES,
  FEATURE_SOURCES,
  FEATURE_TYPES,
  FEATURES,
  type FeatureType
} from './features/feature-catalogue.ts'
export { nameOfFeature } from './features/feature-names.ts'
export { featureContext, featureOf, features } from './features/features.ts'
export { JURISDICTIONS, type Jurisdiction, LEGAL_CLASSES, legalClassOf } from './features/legal-class.ts'
export { COMPARISON_NOTES, type ComparedCases, compareOutcomes } from './governance/model-comparison.ts'
export { MODEL_FAULT_CODES, type ModelFault } from './governance/model-fault.ts'
export { modelFaults } from './governance/model-faults.ts'
export { fits, inputsWithoutSource } from './governance/model-features.ts'
export {
  isStepOpen,
  MODEL_EVENTS,
  MODEL_STATES,
  MODEL_STEPS,
  type ModelEvent,
  type ModelState,
  type ModelStepName
} from './governance/model-life.ts'
export { type PolicyDocument, policyFaults } from './governance/policy-review.ts'
export { TREE_DEPTH_MAX } from './governance/predictor-faults.ts'
export { type Challenger, challengersOf, SHADOW_STATUSES, type ShadowStatus, shadowRun } from './governance/shadow.ts'
export {
  CAPTURE_STATE_NAMES,
  ENTRY_NAMES,
  ENTRY_TYPES,
  type EntryType,
  RESERVATION_STATE_NAMES
} from './ledger/entry-types.ts'
export {
  availableMinor,
  countedMinor,
  exposureOf,
  grantedMinor,
  isLimitValid,
  LIMIT_MODES,
  totalExposureMinor
} from './ledger/exposure.ts'
export {
  afterCapture,
  afterChange,
  afterConversion,
  type CapturedAmounts,
  freeState,
  ITEM_CATEGORIES,
  ITEM_STATES,
  ITEMISED_CATEGORIES,
  type ItemAmounts,
  type ItemCategory,
  type ItemisedCategory,
  type ItemState,
  type OpenAmount,
  openAmountsOf,
  totalOpenMinor
} from './ledger/exposure-item.ts'
export type { DaySums, LedgerSums } from './ledger/ledger-sums.ts'
export {
  DAY_FIGURES,
  type DayTotals,
  type LateTotals,
  type Ledger,
  LedgerTotals,
  ledgerAsOf,
  type RecordedInvoice
} from './ledger/ledger-totals.ts'
export {
  amountsInOwnCurrency,
  appliedRateOf,
  convertPart,
  type Originals,
  originalMoneyOf,
  originalsOf,
  rateOf,
  withinOpen
} from './ledger/original-money.ts'
export { paymentBehaviour, paymentBehaviourOf } from './ledger/payment-behaviour.ts'
export {
  compareSnapshot,
  DIFFERENCE_KINDS,
  type Difference,
  keyOf,
  type RecordedDocument,
  SNAPSHOT_DOCUMENTS,
  type StatedDocument
} from './ledger/reconciliation.ts'
export {
  CAPTURE_STATES,
  openMinor,
  RESERVATION_STATES,
  type ReservationStep,
  resolveStep
} from './ledger/reservation.ts'
export { coverMinor, isCoverShare, isInForce, SECURITY_KINDS, type SecurityKind } from './ledger/security.ts'
export {
  afterTaking,
  believedSettlement,
  discountLeft,
  type EarnedDiscount,
  earnedDiscount,
  isBelieved,
  largestSettlement,
  type OpenAmounts,
  partWorth,
  restated,
  type Settlement,
  settlementWorth
} from './ledger/settlement.ts'
export { type DueInvoice, easedDueOn, emptySituation, type Situation } from './ledger/situation.ts'
export { type Measure, measureOf, partOf, Room } from './ledger/takeover.ts'
export { COMPONENT_GAPS, LIMIT_COMPONENTS, LIMIT_STATUSES, type LimitProposal, proposeLimit } from './limits/limit.ts'
export { type LimitDocument, limitDocument } from './limits/limit-document.ts'
export { type RecordedLimit, wordedLimit } from './limits/limit-explanation.ts'
export { limitFacts, limitFactsIn } from './limits/limit-facts.ts'
export { LIMIT_MODE_NAMES, LIMIT_STATE_NAMES, namedLimit } from './limits/limit-names.ts'
export { amountIn, toleranceMaxMinor } from './policy/check-policy.ts'
export { discountShareMaxOf, type Policy } from './policy/policy.ts'
export { rateDoubt, settlesShareMaxOf } from './policy/rate-policy.ts'
export { type CompiledPredicted, scoresOfRows } from './predictive/predicted.ts'
export { lookedAt, rescaledBy } from './predictive/program.ts'
export {
  BEYOND_TREATMENTS,
  CASTS,
  type Cast,
  COMBINATIONS,
  type Combination,
  CURVE_ENDS,
  INVALID_TREATMENTS,
  LINKS,
  type Link,
  type NumberRange,
  type Operand,
  PREDICTIONS,
  type Prediction,
  type Predictor,
  STEP_FUNCTIONS,
  type Step,
  type StepFunction,
  TREE_SUMS,
  type Tree
} from './predictive/steps.ts'
export { isReasonCode, REASON_CODES, REASON_KINDS, REASONS, type ReasonCode, reasonText } from './reasons/reasons.ts'
export {
  type AssessmentDocument,
  assessmentDocument,
  inputsOf,
  inputsWithoutValue,
  otherInputs
} from './scorecards/assessment-document.ts'
export { attributePoints } from './scorecards/attribute-points.ts'
export { compileModel, enabledCharacteristics } from './scorecards/compile/compile-model.ts'
export type { CompiledCharacteristic, CompiledModel } from './scorecards/compiled-model.ts'
export { featuresFor, scoreFile, scoreIn } from './scorecards/file-score.ts'
export { namedScore, SCORE_STATUS_NAMES, WORKING_NAMES } from './scorecards/score-names.ts'
export {
  featureSetOfRecord,
  featuresOfRecord,
  outcomeText,
  resultOfRecord,
  type ScoreRecord,
  scoreRecord
} from './scorecards/score-record.ts'
export {
  CONTRIBUTION_STATES,
  KNOCKOUT_STATES,
  SCORE_STATUSES,
  type ScoreReason,
  type ScoreResult
} from './scorecards/score-result.ts'
export { score, scoreInOrder } from './scorecards/scorecard.ts'
export { pdOfModel, pdOfScore } from './scorecards/scoring/pd-of-score.ts'
export {
  ADVERSE_REASONS_MAX,
  CASE_DATE,
  type CardModel,
  CHARACTERISTIC_GROUPS,
  type Characteristic,
  type CharacteristicGroup,
  DIRECTIONS,
  FAVOURABLE_REASONS_MAX,
  INPUT_ORIGINS,
  KNOCKOUT_MISSING,
  MISSING_RULES,
  type MissingRule,
  MODEL_FORMATS,
  type ModelCase,
  type ModelFormat,
  type ModelInput,
  type ModelOrigin,
  NOTCH_GRADES_MAX,
  type PointsModel,
  type PredictiveCharacteristic,
  type PredictiveModel,
  REASON_BASELINES,
  REASON_RANKINGS,
  type ReasonBaseline,
  ROUNDINGS,
  type Scaling,
  type ScoringModel,
  SEGMENTS,
  type Segment,
  type SubstituteRule,
  type WoeCharacteristic,
  type WoeModel
} from './scorecards/scoring-model.ts'
export { championOf, segmentOf } from './scorecards/segment.ts'
export { RATIOS } from './statements/ratios/ratio-catalogue.ts'
export { RATIO_GROUPS, RATIO_UNITS } from './statements/ratios/ratio-entry.ts'
export { ratios } from './statements/ratios/ratios.ts'
export type { ReferenceModelId } from './statements/reference-models/reference-catalogue.ts'
export { REFERENCE_ZONES } from './statements/reference-models/reference-model.ts'
export { type ReferenceResult, referenceModels } from './statements/reference-models/reference-models.ts'
export {
  AUDIT_OPINIONS,
  completeItems,
  type Figures,
  priorOf,
  STATEMENT_UNITS,
  type Statement
} from './statements/statement.ts'
export { annualisationNote, comparedItems, derivedItems } from './statements/statement-analysis.ts'
export { type StatementFault, statementFaults } from './statements/statement-faults.ts'
export { type BalanceSheetItem, type IncomeItem, STATEMENT_ITEMS } from './statements/statement-items.ts'
export { one, RATIO_GAPS } from './statements/statement-term.ts'
export { addDays, addMonths, daysBetween, isBusinessDate, liesAhead } from './values/dates.ts'
export {
  type AppliedRate,
  type ConvertedMoney,
  convertMinor,
  convertMoney,
  type OriginalMoney,
  proportionOf,
  RATE_BASES,
  type RateBasis,
  rateText
} from './values/exchange-rate.ts'
export {
  AMOUNT_MINOR_MAX,
  formatAmount,
  isCurrency,
  type Money,
  minorOf,
  minorPerMajor,
  moneyFault,
  toMoney
} from './values/money.ts'
export { type Names, nameIn, withNames } from './values/naming.ts'
export { ADVICES, compareGrades, GRADES, type Grade, gradeOfPd, PD_FLOOR } from './values/rating.ts'
export { ACTOR_NAMES, RUN_STATE_NAMES } from './values/service-names.ts'
export { spokenShare, statedAmount, statedDate, statedMoney } from './values/spoken.ts'
export type { Text } from './values/text.ts'
export { ADDRESSEES, type Addressee, type Audience, READERS, type Reader, SALES } from './values/wording.ts'
