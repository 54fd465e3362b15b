import { PROFILE, STATEMENT } from '../test/given.ts'
import { askUntilTaken, type Client } from './http.ts'
import type { BenchPostgres } from './postgres.ts'

/** Companies C-1, C-2 and so on with a limit, each assessed; answers where the assessments are. */
export async function givenCustomers(
  client: Client,
  { run }: BenchPostgres,
  customers: number
): Promise<readonly string[]> {
  const places: string[] = []
  for (let number = 1; number <= customers; number += 1) {
    const customer = `/v1/customers/C-${number}`
    await askUntilTaken(client, { method: 'PUT', path: customer, body: JSON.stringify({ ...PROFILE, name: 'x' }) })
    await askUntilTaken(client, {
      method: 'PUT',
      path: `${customer}/statements/FY2025`,
      body: JSON.stringify(STATEMENT)
    })
    const { body } = await askUntilTaken(client, { method: 'POST', path: `${customer}/assessments`, body: '{}' })
    places.push(`${customer}/assessments/${/"assessmentId":"([^"]+)"/.exec(body)?.[1]}`)
  }
  client.close()
  run(
    'psql',
    ['-qv', 'ON_ERROR_STOP=1'],
    `update credit_accounts set limit_mode = 'limited', limit_minor = 100000000000000, limit_valid_until = current_date + 365,
      limit_decision_id = 'lim_bench', terms_days = 60;
    vacuum analyze; checkpoint;`
  )
  return places
}
