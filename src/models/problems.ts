import type { ProblemRows } from '../platform/values/problem.ts'

/** A scoring model is missing, unfit, or not in a state for what was asked. */
export const MODELS_PROBLEMS = {
  'model-missing': {
    status: 409,
    title: 'No scoring model is in force for this kind of customer',
    remedy: 'GET /v1/models?state=active lists the models in force; activate one for this kind of customer.'
  },
  'model-version-missing': {
    status: 409,
    title: 'The model version of the assessment is no longer available',
    remedy: 'Assess the customer anew: the model in force explains what it does.'
  },
  'model-published': {
    status: 409,
    title: 'A published version of a model never changes',
    remedy: 'Write the changed model as a new version.'
  },
  'model-step-closed': {
    status: 409,
    title: 'The state of the model version does not allow this',
    remedy:
      'Approve a draft first. An approved version can run in shadow, be activated or be retired. A retired version is never used again.'
  },
  'pmml-unfit': {
    status: 422,
    title: 'The PMML document cannot become a scoring model',
    remedy:
      'Each entry of `errors` names a place in the document and says what is wrong there, or what our models cannot do.'
  },
  'model-text-unfit': {
    status: 422,
    title: 'The model of another tool cannot become a scoring model',
    remedy:
      'Each entry of `errors` names a place in the text and says what is wrong there, or what our models cannot do.'
  },
  'model-form': {
    status: 409,
    title: 'The model has no such form',
    remedy:
      'Ask without `as` for the form that the model has. Only a statistical scorecard (`kind: woe`) is a scorecard and a regression.'
  },
  'model-inputs-unavailable': {
    status: 409,
    title: 'The model needs inputs that no call can give',
    remedy:
      'Write a version that declares them with `"from": "call"`: then an assessment takes their values in `inputs`. Importing the document again gives one.'
  },
  'model-unfit': {
    status: 422,
    title: 'The model is not fit to be published',
    remedy: 'Each entry of `errors` points to a place in the document and says what is wrong there.'
  }
} as const satisfies ProblemRows

type ModelsProblems = typeof MODELS_PROBLEMS
declare module '../platform/values/problem.ts' {
  interface ProblemCatalogue extends ModelsProblems {}
}
