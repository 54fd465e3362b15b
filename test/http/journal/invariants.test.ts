import { type RawBuilder, sql } from 'kysely'
import t from 'tap'
import { customerChain } from '../../../src/accounts/store.ts'
import type { CustomerId } from '../../../src/ids.ts'
import { canonicalJson } from '../../../src/platform/values/canonical.ts'
import { GENESIS_HASH, type Link } from '../../../src/platform/values/hash-chain.ts'
import { idOf } from '../../../src/platform/values/ids.ts'
import { cny, givenLimit } from '../../given.ts'
import { contractService } from '../contract.ts'

/** An entry as the API shows it. */
type Entry = Link & { readonly customerId: string }

/** Everything that is tampered with here. */
const TABLES = [
  'journal',
  'credit_accounts',
  'exposure_items',
  'reservations',
  'captures',
  'credit_checks',
  'idempotency_keys',
  'policies',
  'invoices',
  'ledger_days',
  'late_payments',
  'customers'
]

type Payload = Record<string, unknown> & { moves: Record<string, number> }

t.test('each invariant of the ledger, broken behind the service’s back, is found at its first row', async (t) => {
  const service = await contractService(t)
  const { send, clockTo } = service
  const { db } = service.deps
  const checks = await givenBusiness()
  for (const table of TABLES) {
    await sql`create table ${sql.table(`kept_${table}`)} as select * from ${sql.table(table)}`.execute(db)
    await sql`alter table ${sql.table(table)} disable trigger all`.execute(db)
  }
  const entries = (await send('GET', '/v1/customers/C-1/journal?limit=200')).body.items as Entry[]
  const seqOf = (type: string, subject?: string): number => {
    const found = entries.find((entry) => entry.type === type && (subject === undefined || entry.subject === subject))
    if (found === undefined) throw new Error(`there is no ${type} about ${subject}`)
    return found.seq
  }

  const audited = async () => {
    const { findings } = (await send('GET', '/v1/audit/self-check')).body
    const bad: { invariant: string; firstBad: string }[] = findings.filter((each: { valid: boolean }) => !each.valid)
    return Object.fromEntries(bad.map(({ invariant, firstBad }) => [invariant, firstBad]))
  }
  /** What the auditor says after these changes; afterwards everything is as before. */
  const foundAfter = async (...changes: RawBuilder<unknown>[]) => {
    for (const change of changes) await change.execute(db)
    const found = await audited()
    for (const table of TABLES) await sql`delete from ${sql.table(table)}`.execute(db)
    for (const table of TABLES.toReversed())
      await sql`insert into ${sql.table(table)} select * from ${sql.table(`kept_${table}`)}`.execute(db)
    return found
  }
  /**
   * The chain joined anew over changed entries, head included: what somebody with all rights could
   * write.
   */
  const chainOf = (changed: readonly Omit<Entry, 'seq' | 'hash' | 'previousHash'>[]): RawBuilder<unknown>[] => {
    let previousHash = GENESIS_HASH
    const rows = changed.map(({ customerId, at, type, actor, subject, payload }, index) => {
      const link = { customerId, seq: index + 1, at, type, actor, subject, payload, previousHash }
      previousHash = customerChain(idOf<CustomerId>(customerId)).hashOf(link)
      return { ...link, hash: previousHash }
    })
    const values = rows.map(
      (
        row
      ) => sql`(${row.customerId}, ${row.seq}::bigint, ${row.at}::timestamptz, ${row.type}, ${row.actor}, ${row.subject},
        ${row.payload}, ${row.previousHash}, ${row.hash})`
    )
    return [
      sql`delete from journal where customer_id = 'C-1'`,
      sql`insert into journal (customer_id, seq, at, type, actor, subject, payload, previous_hash, hash) values ${sql.join(values)}`,
      sql`update credit_accounts set journal_seq = ${rows.length}, journal_hash = ${previousHash} where customer_id = 'C-1'`
    ]
  }
  const rewritten = (seq: number, change: (payload: Payload) => Payload) =>
    chainOf(
      entries.map((entry) =>
        entry.seq === seq ? { ...entry, payload: canonicalJson(change(JSON.parse(entry.payload))) } : entry
      )
    )
  const withMoves = (seq: number, moves: Record<string, number>) =>
    rewritten(seq, (payload) => ({ ...payload, moves: { ...payload.moves, ...moves } }))
  /** An approval of twice the limit, on a release or on none. */
  const oversold = (release: object | null) =>
    rewritten(seqOf('check.decided', checks.active), (payload) => {
      const { facts } = payload as unknown as { facts: { order: object } }
      const changed = { ...facts, release, order: { ...facts.order, amountMinor: 20_000_000 } }
      return { ...payload, facts: changed, moves: { reservedMinor: 20_000_000 } }
    })
  const entryOf = (type: string, subject?: string) => `C-1 entry ${seqOf(type, subject)}`

  await t.test('untouched, it is sound', async (t) => {
    t.same(await audited(), {})
    t.same(await foundAfter(), {}, 'and so it is restored')
  })

  await t.test('I1: an approval above the limit', async (t) => {
    t.match(await foundAfter(...oversold(null)), { I1: entryOf('check.decided', checks.active) })
  })

  await t.test('I2: amounts, limit or rating that no entry gave, and a customer without an account', async (t) => {
    const account = sql`where customer_id = 'C-1'`
    const amounts = await foundAfter(sql`update credit_accounts set orders_minor = orders_minor + 1 ${account}`)
    t.same(amounts, { I2: 'C-1: account and journal differ' })
    const rating = await foundAfter(sql`update credit_accounts set grade = 'AAA' ${account}`)
    t.same(rating, { I2: 'C-1: limit, rating or hold of the account' })
    t.match(await foundAfter(sql`delete from credit_accounts ${account}`), { I2: 'C-1: there is no credit account' })
  })

  await t.test('I3: a reservation that is not the sum of its parts, or that no entry opened', async (t) => {
    const where = sql`where check_id = ${checks.active}`
    const found = await foundAfter(sql`update reservations set released_minor = released_minor + 1 ${where}`)
    t.match(found, { I3: 'C-1: reserved' })
    const ended = await foundAfter(
      sql`update reservations set released_minor = released_minor - 1, expired_minor = 1 where check_id = ${checks.released}`
    )
    t.same(ended, { I3: `C-1 reservation ${checks.released}` })
    const invented =
      await foundAfter(sql`insert into reservations select customer_id, 'chk_x', 'SO-X', state, amount_minor, captured_minor,
      released_minor, expired_minor, expires_at, created_at, resolved_at, version from reservations where check_id = ${checks.released}`)
    t.same(invented, { I3: 'C-1: number of reservations' })
  })

  await t.test('I4: an entry about a reservation that has ended', async (t) => {
    const again = entries.find(({ type }) => type === 'reservation.released')
    if (again === undefined) throw new Error('nothing was released')
    const last = entries.at(-1)
    const at = last?.at ?? again.at
    const found = await foundAfter(...chainOf([...entries, { ...again, at, payload: '{"moves":{}}' }]))
    t.match(found, { I4: `C-1 entry ${entries.length + 1}: the reservation of ${checks.released} is not open` })
    const revived = await foundAfter(
      sql`update reservations set state = 'released', resolved_at = created_at, released_minor = amount_minor - captured_minor
        where check_id = ${checks.active}`
    )
    t.match(revived, { I4: `C-1 reservation ${checks.active}` })
  })

  await t.test('I5: a captured total that has become less, and a capture of nothing', async (t) => {
    const found = await foundAfter(
      sql`update reservations set captured_minor = captured_minor - 1 where check_id = ${checks.active}`
    )
    t.match(found, { I5: `C-1 reservation ${checks.active}` })
    const nothing = rewritten(seqOf('reservation.captured'), (payload) => ({ ...payload, amountMinor: 0 }))
    t.match(await foundAfter(...nothing), { I5: entryOf('reservation.captured') })
  })

  await t.test(
    'I6: a key without its answer, with the answer of another decision, or with that of another key',
    async (t) => {
      const key = sql`where idempotency_key = 'key-1'`
      const { rows } = await sql<{
        name: string
      }>`select 'key key-1 of ' || caller_id as name from idempotency_keys ${key}`.execute(db)
      const name = rows[0]?.name
      t.same(await foundAfter(sql`update idempotency_keys set status = null ${key}`), {
        I6: `${name}: without an answer`
      })
      const other = await foundAfter(sql`update idempotency_keys set check_id = ${checks.released} ${key}`)
      t.same(other, { I6: `${name}: not the decision ${checks.released} on file` })
      const none = await foundAfter(sql`update idempotency_keys set check_id = 'chk_x' ${key}`)
      t.same(none, { I6: `${name}: without an answer` })
      t.match(await foundAfter(sql`update idempotency_keys set body = '[' ${key}`), { I6: /not the decision/ })
      const twice = await foundAfter(sql`insert into idempotency_keys
      select caller_id, 'key-0', request, status, headers, body, created_at, check_id from idempotency_keys ${key}`)
      t.same(twice, { I6: `${name}: another key has the check ${checks.active} as well` })
      // An answer with sentences is kept whole, and disregarding these it is the decision.
      const whole = (change: string) => sql`update idempotency_keys
        set body = (select ${sql.raw(change)} from credit_checks where credit_checks.check_id = idempotency_keys.check_id) ${key}`
      t.same(
        await foundAfter(whole(`left(document, -1) || ',"textsVersion":"x","reservation":null,"block":null}'`)),
        {}
      )
      const differs = { I6: `${name}: not the decision ${checks.active} on file` }
      t.same(await foundAfter(whole(`replace(document, '"outcome":"approved"', '"outcome":"referred"')`)), differs)
      t.same(await foundAfter(whole(`replace(document, '"alternatives":[]', '"alternatives":[1]')`)), differs)
      t.same(await foundAfter(whole(`replace(document, check_id, '${checks.released}')`)), differs)
      t.same(await foundAfter(whole('left(document, -1)')), differs)
    }
  )

  await t.test('I9: a second reservation of an order, and a second capture of an invoice', async (t) => {
    const second = rewritten(seqOf('check.decided', checks.released), (payload) => {
      const { facts } = payload as unknown as { facts: { order: object } }
      return { ...payload, facts: { ...facts, order: { ...facts.order, orderId: 'SO-1' } } }
    })
    t.match(await foundAfter(...second), {
      I9: `${entryOf('check.decided', checks.released)}: order SO-1 already held a reservation`
    })
    const captured = await foundAfter(sql`update captures set capture_id = 'cap_x' where invoice_id = 'I-1'`)
    t.same(captured, { I9: `${entryOf('reservation.captured')}: invoice I-1 is on file with another capture` })
    t.match(await foundAfter(sql`delete from captures where invoice_id = 'I-1'`), { I9: /invoice I-1/ })
  })

  await t.test('I10: an expiry before its time, a use after it, and a decision while it was due', async (t) => {
    const opened = seqOf('check.decided', checks.expired)
    const until = (expiresAt: string) => rewritten(opened, (payload) => ({ ...payload, expiresAt }))
    t.match(await foundAfter(...until('2026-04-30T12:00:00.000Z')), {
      I10: `${entryOf('reservation.expired')}: expired before 2026-04-30T12:00:00.000Z`
    })
    const used = rewritten(seqOf('check.decided', checks.active), (payload) => ({
      ...payload,
      expiresAt: '2026-03-31T12:00:00.000Z'
    }))
    t.match(await foundAfter(...used), { I10: /used after 2026-03-31T12:00:00.000Z|decided while/ })
    const expired = seqOf('reservation.expired')
    const swapped = entries.flatMap((entry) => {
      if (entry.seq === expired) return entries.filter(({ seq }) => seq === expired + 1)
      return entry.seq === expired + 1 ? entries.filter(({ seq }) => seq === expired) : [entry]
    })
    t.match(await foundAfter(...chainOf(swapped)), {
      I10: `C-1 entry ${expired}: decided while the reservation of ${checks.expired} was due since 2026-03-31T12:01:00.000Z`
    })
  })

  await t.test('I11: a category that is not the sum of its documents, and a capture beside its invoice', async (t) => {
    const open = await foundAfter(sql`update invoices set open_minor = open_minor - 1 where invoice_id = 'I-1'`)
    t.same(open, { I11: 'C-1: receivables' })
    const beside = await foundAfter(sql`update captures set invoiced_at = null where invoice_id = 'I-1'`)
    t.same(beside, { I11: 'C-1: captured' })
    const hidden = await foundAfter(
      sql`update captures set invoiced_at = null where invoice_id = 'I-1'`,
      sql`update captures set invoiced_at = captured_at where invoice_id = 'I-2'`,
      sql`update captures set amount_minor = 1000000 where invoice_id = 'I-1'`
    )
    t.match(hidden, { I11: 'C-1: invoice I-1 counts beside its capture' })
    const nowhere = await foundAfter(sql`update exposure_items set held_by = ${checks.expired} where state = 'held'`)
    t.same(nowhere, { I11: 'C-1: item SO-5 is held by a reservation that has ended' })
    const taken = rewritten(seqOf('check.decided', checks.expired), (payload) => ({ ...payload, held: [] }))
    t.match(await foundAfter(...taken), {
      I19: `${entryOf('reservation.expired')}: other items than the reservation held`
    })
    const other = [{ source: 'erp', itemId: 'SO-3', openMinor: 1 }]
    const less = rewritten(seqOf('check.decided', checks.expired), (payload) => ({ ...payload, held: other }))
    t.match(await foundAfter(...less), { I11: `${entryOf('check.decided', checks.expired)}: holds other items` })
  })

  await t.test('I11: a day of the ledger that is not the sum of its invoices and payments', async (t) => {
    const [first] = (await sql<{ day: string }>`select min(day) as day from ledger_days`.execute(db)).rows
    const more = await foundAfter(sql`update ledger_days set invoiced_minor = invoiced_minor + 1`)
    t.same(more, { I11: `C-1: what is kept of the ledger for ${first?.day}` })
    const none = await foundAfter(sql`delete from ledger_days`)
    t.same(none, { I11: `C-1: what is kept of the ledger for ${first?.day}` })
    const late = await foundAfter(sql`insert into late_payments values ('C-1', '2026-01-01', 3, 1)`)
    t.same(late, { I11: 'C-1: what is kept of the ledger for 2026-01-01 +3' })
  })

  await t.test('I13: an amount that none can be, and another currency', async (t) => {
    const huge = await foundAfter(
      sql`update credit_accounts set receivables_minor = 9007199254740993 where customer_id = 'C-1'`
    )
    t.match(huge, { I13: 'C-1: amounts of the account' })
    t.match(await foundAfter(...withMoves(seqOf('limit.applied'), { capturedMinor: -1 })), {
      I13: entryOf('limit.applied')
    })
    t.match(await foundAfter(...withMoves(seqOf('limit.applied'), { specialMinor: 0.5 })), {
      I13: entryOf('limit.applied')
    })
    t.same(await foundAfter(sql`update credit_accounts set currency = 'EUR'`), { I13: 'C-1: currency' })
  })

  await t.test('I14: entries of a customer that there is not', async (t) => {
    t.match(await foundAfter(sql`delete from customers where customer_id = 'C-1'`), {
      I14: 'C-1: entries of a customer that there is not'
    })
  })

  await t.test('I14: a decision as of a day before that of an earlier one', async (t) => {
    const found = await foundAfter(
      ...rewritten(seqOf('check.decided', checks.again), (payload) => ({
        ...payload,
        facts: { ...(payload.facts as object), today: '2026-03-30' }
      }))
    )
    const where = entryOf('check.decided', checks.again)
    t.match(found, { I14: `${where}: decided as of a day before an earlier decision` })
  })

  await t.test(
    'I15: a decision, its facts or its policy that was changed, and a check that was never decided',
    async (t) => {
      const check = sql`where check_id = ${checks.active}`
      const where = entryOf('check.decided', checks.active)
      const document = await foundAfter(
        sql`update credit_checks set document = replace(document, '"approved"', '"declined"') ${check}`
      )
      t.match(document, { I15: `${where}: check ${checks.active} on file is another decision` })
      t.match(await foundAfter(sql`update credit_checks set document = 'x' ${check}`), { I15: /is another decision/ })
      t.match(await foundAfter(sql`delete from credit_checks ${check}`), {
        I15: /number of credit checks|another decision/
      })
      const policy = await foundAfter(sql`update policies set document = replace(document, '0.9', '0.8')`)
      t.match(policy, { I15: /^policy standard version \d+: not the text of its digest/ })
      t.match(await foundAfter(sql`delete from policies`), { I15: `${where}: its policy is not on file` })
      const invented = await foundAfter(sql`insert into credit_checks
      select customer_id, 'chk_x', order_id, outcome, amount_minor, decided_at, document from credit_checks ${check}`)
      t.same(invented, { I15: 'C-1: number of credit checks' })
    }
  )

  await t.test('I17: an approval beyond the limit on a release that nobody gave', async (t) => {
    const release = { releaseId: 'rel_x', exempts: ['headroom'], amountMaxMinor: 30_000_000, by: 'key_x' }
    const found = await foundAfter(...oversold({ ...release, validUntil: '2027-01-01T00:00:00.000Z' }))
    t.match(found, {
      I17: `${entryOf('check.decided', checks.active)}: beyond the limit without a release that was given`
    })
    t.not(found.I1, entryOf('check.decided', checks.active), 'it is the release that is missing')
  })

  await t.test('I17: an approval on a release that says otherwise than the person gave it', async (t) => {
    const seq = seqOf('check.decided', checks.beyond)
    const tampered = (release: object, amountMinor = 12_000_000) =>
      rewritten(seq, (payload) => {
        const { facts } = payload as unknown as { facts: { order: object; release: object } }
        const changed = { ...facts, release: { ...facts.release, ...release }, order: { ...facts.order, amountMinor } }
        return { ...payload, facts: changed, moves: { ...payload.moves, reservedMinor: amountMinor } }
      })
    t.same(await foundAfter(...tampered({})), {}, 'as it was given')
    const where = `C-1 entry ${seq}: beyond the limit without a release that was given`
    t.match(await foundAfter(...tampered({ amountMaxMinor: 14_000_000 }, 14_000_000)), { I17: where })
    t.match(await foundAfter(...tampered({ amountMaxMinor: 12_000_001 })), { I17: where }, 'a unit more')
    t.match(await foundAfter(...tampered({ validUntil: '2027-01-01T00:00:00.000Z' })), { I17: where })
    t.match(await foundAfter(...tampered({ by: 'key_x' })), { I17: where })
    t.match(await foundAfter(...tampered({ exempts: ['headroom', 'largest_order', 'terms'] })), { I17: where })
    const again = seqOf('check.decided', checks.again)
    const more = rewritten(again, (payload) => {
      const { facts } = payload as unknown as { facts: { order: object; release: object } }
      const release = { ...facts.release, amountMaxMinor: 7_000_001 }
      return { ...payload, facts: { ...facts, release } }
    })
    t.match(
      await foundAfter(...more),
      { I17: `C-1 entry ${again}: beyond the limit without a release that was given` },
      'what was captured on it is used up'
    )
    const other = rewritten(seqOf('order.released'), (payload) => ({ ...payload, orderId: 'SO-4' }))
    t.match(await foundAfter(...other), { I17: where }, 'a release of another order')
  })

  await t.test('I18: an event that would come before the one that it follows', async (t) => {
    const found = await foundAfter(sql`update journal set feed_position = 1 where customer_id = 'C-1' and seq = 5`)
    t.same(found, { I18: 'C-1 entry 5' })
  })

  await t.test('I19: a release that gives back something else than what was open', async (t) => {
    const released = seqOf('reservation.released')
    t.match(await foundAfter(...withMoves(released, { reservedMinor: -499_999 })), { I19: `C-1 entry ${released}` })
    t.match(await foundAfter(...withMoves(released, { receivablesMinor: 1 })), { I19: `C-1 entry ${released}` })
    const expired = seqOf('reservation.expired')
    t.match(await foundAfter(...withMoves(expired, { reservedMinor: -1 })), { I19: `C-1 entry ${expired}` })
    t.match(await foundAfter(...withMoves(expired, { ordersMinor: 0 })), { I19: `C-1 entry ${expired}` })
    const without = rewritten(expired, ({ items: _items, moves: { reservedMinor = 0 }, ...payload }) => {
      return { ...payload, moves: { reservedMinor } }
    })
    t.match(await foundAfter(...without), { I19: `C-1 entry ${expired}: other items than the reservation held` })
    const more = [{ source: 'erp', itemId: 'SO-1', openMinor: 1 }]
    const captured = rewritten(seqOf('reservation.captured'), (payload) => ({ ...payload, items: more }))
    t.match(await foundAfter(...captured), {
      I19: `${entryOf('reservation.captured')}: items that the reservation did not hold`
    })
  })

  await t.test('a type of entry that is not known moves amounts, and nothing else', async (t) => {
    const last = entries.at(-1)
    if (last === undefined) throw new Error('the journal is empty')
    const strange = {
      ...last,
      type: 'reservation.pondered',
      subject: checks.active,
      payload: '{"moves":{"receivablesMinor":0}}'
    }
    t.same(await foundAfter(...chainOf([...entries, strange])), {})
    const moving = { ...strange, payload: '{"moves":{"receivablesMinor":7}}' }
    t.same(await foundAfter(...chainOf([...entries, moving])), {
      I2: 'C-1: account and journal differ',
      I11: 'C-1: receivables'
    })
  })

  /**
   * One of each: partly captured and open, holding an item, released, expired without its item,
   * referred; an invoice of a capture, and a capture that waits for its own.
   */
  async function givenBusiness() {
    await givenLimit(service, 'C-1', '100000.00')
    await givenLimit(service, 'C-2', '100000.00')
    const check = async (orderId: string, amount: string, more: object = {}, headers: Record<string, string> = {}) => {
      const order = { customerId: 'C-1', orderId, amount: cny(amount), ...more }
      return (await send('POST', '/v1/credit-checks', order, headers)).body.checkId as string
    }
    const active = await check('SO-1', '50000.00', {}, { 'idempotency-key': 'key-1' })
    const url = `/v1/credit-checks/${active}/captures`
    await send('POST', url, { amount: cny('20000.00'), invoiceId: 'I-1', final: false })
    const dates = { issuedOn: '2026-03-31', dueOn: '2026-04-30' }
    await send('PUT', '/v1/customers/C-1/invoices/I-1', { ...dates, amount: cny('20000.00') })
    await send('POST', url, { amount: cny('10000.00'), invoiceId: 'I-2', final: false })
    const released = await check('SO-2', '5000.00')
    await send('POST', `/v1/credit-checks/${released}/releases`, {})
    for (const itemId of ['SO-3', 'SO-5']) {
      const item = { category: 'order', amount: cny('700.00'), sourceVersion: 1 }
      await send('PUT', `/v1/customers/C-1/exposure-items/${itemId}`, item)
    }
    await check('SO-5', '600.00')
    const expired = await check('SO-3', '500.00', { reserveSeconds: 60 })
    await clockTo('2026-03-31T12:02:00.000Z')
    const referred = await check('SO-4', '90000.00')
    const blocked = await check('SO-6', '120000.00')
    const release = { decision: 'release', reasonCode: 'PROMISED', comment: 'Seen.' }
    const person = { authorization: await service.authorization('release'), 'if-match': '"1"' }
    const beyond = (await send('POST', `/v1/credit-checks/${blocked}/decisions`, release, person)).body
      .checkId as string
    const captured = { amount: cny('50000.00'), invoiceId: 'I-6', final: true }
    await send('POST', `/v1/credit-checks/${beyond}/captures`, captured)
    const again = await check('SO-6', '70000.00')
    return { active, released, expired, referred, beyond, again }
  }
})
