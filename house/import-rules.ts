/**
 * Who may import whom, stated here once. The linter's part (`lint/import-rules.json`) and the table
 * in ARCHITECTURE.md are made from it, and `npm run house` checks every import against it.
 */

/** A kind of file, and what its files may import. All paths are given from `src/`. */
export interface Role {
  /** What its files are called in a sentence. */
  readonly name: string
  /**
   * Where its files stand: named files (`deps.ts`, `{app,audit}.ts`), a folder with all below it
   * (`engine/**`), or a name that every room may have as a file or a folder (`rooms/store`).
   */
  readonly files: string
  /** The packages it may import, each with its subpaths; `node:` is what Node brings along. */
  readonly packages: readonly string[] | 'any'
  /** What it may import: as in `files`, or a role of its own room alone (`./store`). */
  readonly imports: readonly string[]
  /** What it may import the types of, and no value. */
  readonly types?: readonly string[]
  /** What it may never import, though `imports` would allow it. */
  readonly except?: readonly string[]
  /** The files may know neither a clock nor chance, or are pure altogether. */
  readonly purity?: 'no clock or chance' | 'pure'
  /** What follows from it for whoever writes such a file. */
  readonly note?: string
}

/** The first role that a file fits is the file's role. */
export const ROLES: readonly Role[] = [
  {
    name: 'the engine',
    files: 'engine/**',
    packages: [],
    imports: ['engine/**'],
    purity: 'pure',
    note: 'no clock, no chance, nothing asynchronous: it runs in a browser and replays old decisions'
  },
  {
    name: 'the platform',
    files: 'platform/**',
    packages: 'any',
    imports: ['platform/**'],
    note: 'it knows neither a room nor the engine'
  },
  {
    name: 'a model’s format',
    files: 'model-format/**',
    packages: ['typebox', 'ajv'],
    imports: ['engine/index.ts', 'platform/**', 'model-format/**'],
    purity: 'no clock or chance',
    note: 'pure functions from one format to another'
  },
  {
    name: 'a schema',
    files: 'rooms/schema',
    packages: ['typebox'],
    imports: ['ids.ts', 'engine/index.ts', 'platform/**', 'model-format/**', 'rooms/schema']
  },
  {
    name: 'problems',
    files: 'rooms/problems',
    packages: [],
    imports: ['platform/values/problem.ts', './texts.json'],
    note: 'what a room may answer instead of what it was asked for; others name it by its slug alone'
  },
  {
    name: 'a store',
    files: 'rooms/store',
    packages: ['kysely'],
    imports: ['database.ts', 'platform/**', 'rooms/store', './texts.json'],
    types: ['ids.ts', './schema'],
    purity: 'no clock or chance',
    note: 'it knows SQL, and neither HTTP nor the engine; a statement that writes several rooms is made of their parts'
  },
  {
    name: 'postings',
    files: 'rooms/postings',
    packages: [],
    imports: ['engine/index.ts', 'database.ts', 'platform/**', 'rooms/store', 'rooms/postings', './texts.json'],
    types: ['ids.ts', 'rooms/schema'],
    purity: 'no clock or chance',
    note: 'what one fact does to a locked account: they open no transaction and answer nobody'
  },
  {
    name: 'commands',
    files: 'rooms/commands',
    packages: [],
    imports: [
      'engine/index.ts',
      'database.ts',
      'deps.ts',
      'platform/**',
      'model-format/**',
      'rooms/store',
      'rooms/postings',
      './texts.json'
    ],
    types: ['ids.ts', 'rooms/schema'],
    purity: 'no clock or chance',
    note: 'never the commands of another room: what two rooms need is a posting'
  },
  {
    name: 'routes',
    files: 'rooms/routes',
    packages: ['typebox', 'fastify', '@fastify'],
    imports: ['ids.ts', 'deps.ts', 'platform/**', 'model-format/**', 'rooms/schema', './store', './commands'],
    note: 'they know HTTP, and neither SQL nor the engine; the store to read alone'
  },
  { name: '`config.ts`', files: 'config.ts', packages: 'any', imports: ['platform/**'] },
  {
    name: '`ids.ts`',
    files: 'ids.ts',
    packages: ['typebox'],
    imports: ['platform/**'],
    note: 'the ids of all things on one page: their types, and their shapes on the wire'
  },
  {
    name: '`database.ts`',
    files: 'database.ts',
    packages: ['kysely'],
    imports: ['engine/index.ts', 'platform/**'],
    types: ['ids.ts']
  },
  {
    name: '`deps.ts`',
    files: 'deps.ts',
    packages: [],
    imports: ['database.ts', 'engine/index.ts', 'platform/**'],
    types: ['ids.ts']
  },
  {
    name: '`problems.ts`',
    files: 'problems.ts',
    packages: [],
    imports: ['platform/**', 'rooms/problems'],
    note: 'the problems of all rooms on one list'
  },
  {
    name: '`product.ts`',
    files: 'product.ts',
    packages: [],
    imports: ['platform/**'],
    note: 'the product’s name and its words, which the platform is told'
  },
  {
    name: '`main.ts`',
    files: 'main.ts',
    packages: ['node:', 'close-with-grace'],
    imports: ['app.ts', 'config.ts', 'service.ts', 'platform/**'],
    note: 'the process and no more: settings, service, app, listen, stop'
  },
  {
    name: 'a file at the top',
    files: '{app,service,storage,audit,keys}.ts',
    packages: 'any',
    imports: ['**'],
    except: ['main.ts'],
    note: 'here everything is put together'
  }
]

/**
 * The rooms from the ground up: a room imports from those before it, never from one after it.
 * The three parts of the list are the platform, the engine, and the rooms of the service.
 */
export const ROOMS: readonly string[] = [
  'platform/values',
  'platform/work',
  'platform/database',
  'platform/http',

  'engine/values',
  'engine/reasons',
  'engine/customer',
  'engine/statements',
  'engine/ledger',
  'engine/policy',
  'engine/features',
  'engine/predictive',
  'engine/scorecards',
  'engine/counterfactuals',
  'engine/limits',
  'engine/checks',
  'engine/governance',
  'engine/editions',

  'model-format',
  'organisation',
  'change-requests',
  'access',
  'approvals',
  'wording',
  'rates',
  'policies',
  'models',
  'accounts',
  'customers',
  'journal',
  'runs',
  'securities',
  'evidence',
  'statements',
  'exposure-items',
  'reservations',
  'receivables',
  'credit-file',
  'scoring',
  'limits',
  'portfolio',
  'checks',
  'blocked-orders',
  'rechecks',
  'reconciliations',
  'metrics'
]

/** So many `.ts` files may stand side by side in one folder of `src/`. */
export const FOLDER_FILES_MAX = 15

/** So many lines a file may have, unless it is a table; tests list cases and may be longer. */
export const FILE_LINES_MAX = 500

/** So many columns a line may have that ends in a comment; the formatter sees to the code. */
export const COMMENT_COLUMNS_MAX = 100

/** What the package promises to others: its names need no user in this repository. */
export const PACKAGE_ENTRY = 'src/engine/index.ts'
