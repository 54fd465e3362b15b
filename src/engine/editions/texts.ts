import checks from '../checks/texts.json' with { type: 'json' }
import counterfactuals from '../counterfactuals/texts.json' with { type: 'json' }
import features from '../features/texts.json' with { type: 'json' }
import ledger from '../ledger/texts.json' with { type: 'json' }
import limits from '../limits/texts.json' with { type: 'json' }
import reasons from '../reasons/texts.json' with { type: 'json' }
import values from '../values/texts.json' with { type: 'json' }

/** Every text in force, by room. Whoever names the version of the texts takes their digest. */
export const TEXTS = { values, reasons, ledger, features, counterfactuals, limits, checks }
