/** Says why a model has no form in PMML: a sentence for whoever asked for it. */
export class Unwritable extends Error {}
