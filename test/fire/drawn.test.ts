import fc from 'fast-check'
import t from 'tap'
import { type DrawnCommand, roundsOf, THOUSAND } from './drawn.ts'
import { numbered, possible } from './numbered.ts'
import { type Account, newAccount } from './reference/account.ts'
import type { Command } from './reference/commands.ts'
import { act } from './reference/model.ts'

const SEEDS = 300
const RATE = 71_234

/** Faults of a service, as what it would take an account for when it carries out a command. */
const FAULTS: Record<string, (account: Account, command: Command) => void> = {
  'a release without its tolerance': ({ blocks }) => {
    for (const { release } of Object.values(blocks)) if (release !== null) release.tolerance = 0
  },
  'a release that does not end': ({ blocks }) => {
    for (const { release } of Object.values(blocks)) if (release !== null) release.until = Number.POSITIVE_INFINITY
  },
  'a captured part at the rate of the day': ({ reservations, rates }, command) => {
    for (const held of Object.values(reservations))
      if (command.do === 'capture' && held?.currency === 'USD') held.rate = rates[0] ?? null
  },
  'parts that are rounded one by one': ({ captures }, command) => {
    for (const capture of captures) if (command.do === 'capture') capture.own = 0
  },
  'captures that their documents take over whole': ({ captures }) => {
    for (const capture of captures) capture.excess = 0
  },
  'captures that nobody else takes over': ({ captures }, command) => {
    for (const capture of captures)
      if (capture.excess > 0 && command.do === 'capture') Object.assign(capture, { waits: true, excess: 0 })
  },
  'a credit note that is not used up': ({ credits }) => {
    for (const [name, credit] of Object.entries(credits))
      if (name.startsWith('credit_note')) Object.assign(credit, { unapplied: credit.amount, unappliedOwn: credit.own })
  },
  'an invoice that is converted anew once it is settled in part': ({ invoices, rates }, command) => {
    if (command.do !== 'invoice') return
    for (const invoice of Object.values(invoices))
      if (invoice.currency === 'USD' && invoice.openOwn < invoice.own) invoice.rate = (rates[0] ?? 0) + 1
  },
  'a snapshot over a later entry': ({ invoices, items, credits }) => {
    for (const document of [...Object.values(invoices), ...Object.values(items)]) document.changedAt = -1e9
    for (const credit of Object.values(credits)) credit.recordedAt = -1e9
  },
  'a late snapshot that is taken': (account) => {
    account.snapshotAt = null
  }
}
/** Each is noticed in so many of the histories. */
const NOTICED_MIN = 3

t.test(`${SEEDS} histories reach what they should: in some of them an answer tells of each fault`, async (t) => {
  const noticed = new Map(Object.keys(FAULTS).map((name) => [name, new Set<number>()]))
  const isDone = (seeds: Set<number> | undefined) => seeds !== undefined && seeds.size >= NOTICED_MIN
  for (let seed = 1; seed <= SEEDS && ![...noticed.values()].every(isDone); seed += 1)
    playDry(seed, (before, command, result) => {
      for (const [name, fault] of Object.entries(FAULTS)) {
        if (noticed.get(name)?.has(seed) || isDone(noticed.get(name))) continue
        const faulty = structuredClone(before)
        fault(faulty, command)
        if (act(faulty, command).result !== result) noticed.get(name)?.add(seed)
      }
    })
  for (const [name, seeds] of noticed) t.ok(isDone(seeds), `${name}: noticed by the seeds ${[...seeds].join(', ')}`)
})

/** Plays a history on the reference alone, one command after another. */
function playDry(seed: number, see: (before: Account, command: Command, result: string) => void): void {
  const [rounds = []] = fc.sample(roundsOf(['sessions', 'messages']), { seed, numRuns: 1, unbiased: true })
  const accounts = [0, 1].map(() => newAccount(14 * THOUSAND, 0, { [-2]: RATE, 0: RATE }))
  const counts = { checks: 0, version: 0 }
  for (const { command, who } of rounds.flatMap(({ drawn }) => drawn))
    for (const [index, meant] of commandsOf(command, who, accounts, counts)) {
      const before = accounts[index]
      if (before === undefined) throw new Error(`there is no customer ${index}`)
      const { account, result } = act(before, meant)
      see(before, meant, result)
      accounts[index] = account
    }
}

/** The commands that one drawn command comes to, each with its customer. */
function commandsOf(
  drawn: DrawnCommand,
  who: number,
  accounts: readonly Account[],
  counts: { checks: number; version: number }
): [number, Command][] {
  const [account, other] = [accounts[who], accounts[1 - who]]
  if (account === undefined || other === undefined) throw new Error(`there is no customer ${who}`)
  const command = possible(drawn, account)
  const nextCheck = () => {
    counts.checks += 1
    return counts.checks
  }
  switch (command.do) {
    case 'repeat':
    case 'reuse':
      return []
    case 'rate':
    case 'tick':
      return accounts.map((_account, index) => [index, command])
    case 'batch':
      return command.checks.map((check) => [check.who, { ...check, check: nextCheck() }])
    case 'check':
      return [[who, { ...command, check: nextCheck() }]]
    default: {
      counts.version += 1
      const [checks, foreignChecks] = [account, other].map(({ reservations }) => Object.keys(reservations).map(Number))
      const known = { account, checks: checks ?? [], foreignChecks: foreignChecks ?? [], version: counts.version }
      return [[who, numbered(command, known)]]
    }
  }
}
