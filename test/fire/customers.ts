import { givenLimit } from '../given.ts'
import type { Stage } from './stage.ts'

/** A customer with a rating and with a limit in whole thousands, up to half a million. */
export async function newCustomer({ ask }: Stage, customerId: string, limitMinor: number): Promise<void> {
  const send = async (method: string, path: string, body?: unknown) => {
    if (method !== 'PUT' && method !== 'POST') throw new Error(`${method} makes no customer`)
    const { status, text, body: answer } = await ask({ method, path, body: body ?? {} })
    return { status, text, body: answer, headers: {} }
  }
  await givenLimit({ send: send as never }, customerId, (limitMinor / 100).toFixed(2))
}
