import checks from '../checks/texts.json' with { type: 'json' }
import counterfactuals from '../counterfactuals/texts.json' with { type: 'json' }
import { INDUSTRY_SECTIONS } from '../customer/isic.ts'
import customer from '../customer/texts.json' with { type: 'json' }
import { FEATURES } from '../features/feature-catalogue.ts'
import features from '../features/texts.json' with { type: 'json' }
import ledger from '../ledger/texts.json' with { type: 'json' }
import limits from '../limits/texts.json' with { type: 'json' }
import { UNNAMED } from '../reasons/reasons.ts'
import reasons from '../reasons/texts.json' with { type: 'json' }
import scorecards from '../scorecards/texts.json' with { type: 'json' }
import statements from '../statements/texts.json' with { type: 'json' }
import values from '../values/texts.json' with { type: 'json' }
import { ADDRESS } from '../values/wording.ts'

/** What sentences name that stands in code. The description of a ratio begins with its name. */
const named = {
  address: ADDRESS,
  characteristic: UNNAMED,
  industries: Object.entries(INDUSTRY_SECTIONS).map(([id, { name }]) => ({ id, name })),
  features: Object.entries(FEATURES).map(([id, { description }]) => ({ id, description }))
}

/**
 * Every text in force: those of each room, and what they name. Whoever names the version of the
 * texts takes their digest.
 */
export const TEXTS = {
  values,
  reasons,
  customer,
  statements,
  ledger,
  features,
  scorecards,
  counterfactuals,
  limits,
  checks,
  named
}
