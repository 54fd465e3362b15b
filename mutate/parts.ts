/** A part of the code, what must be noticed of the faults in it, and which tests are to notice. */
export interface Part {
  readonly name: string
  /** Folders and files of `src/`. */
  readonly code: readonly string[]
  /** Shares that stop the command when fewer mutants are killed. */
  readonly floor: number
  /** How many mutants are tried where the command is not told. */
  readonly sample: number
  /**
   * Files and folders of tests beside those that import the code, the quickest to notice first.
   * With a database they run against TEST_DATABASE_URL, or the embedded one.
   */
  readonly tests: readonly string[]
}

const LEDGER = ['test/http/journal/invariants.test.ts', 'test/races', 'test/http/examples.test.ts']

/** Without tables of texts and shapes: a mutant there is a misprint, not a wrong decision. */
export const LEFT_OUT = /(\/schema(\/.*)?|\/problems|texts?|-catalogue|\/reasons|statement-items|isic|\/index)\.ts$/

export const PARTS: readonly Part[] = [
  { name: 'engine', code: ['src/engine'], floor: 0.9, sample: 200, tests: ['test/engine'] },
  room('checks', 60, [
    'test/checks',
    'test/http/checks',
    'test/http/blocked-orders',
    'test/http/accounts/headroom.test.ts'
  ]),
  room('reservations', 40, ['test/reservations', 'test/http/checks']),
  room('receivables', 40, ['test/http/receivables', 'test/http/checks/capture.test.ts', 'test/http/credit-file']),
  room('reconciliations', 40, ['test/http/reconciliations']),
  room('limits', 30, ['test/http/limits', 'test/http/manners']),
  room('accounts', 30, ['test/accounts', 'test/http/accounts', 'test/http/checks']),
  room('portfolio', 30, ['test/http/portfolio', 'test/runs']),
  room('journal', 30, ['test/http/journal', 'test/audit.test.ts'])
]

function room(name: string, sample: number, tests: readonly string[]): Part {
  return { name, code: [`src/${name}`], floor: 0.85, sample, tests: [...tests, ...LEDGER] }
}
