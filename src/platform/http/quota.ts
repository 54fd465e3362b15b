import { isIPv6 } from 'node:net'
import type { FastifyReply } from 'fastify'
import { Problem } from '../values/problem.ts'
import { said } from '../values/said.ts'
import texts from './texts.json' with { type: 'json' }

const { details } = texts

const WINDOW_MS = 60_000

/** Beyond so many callers in a minute all further ones share what one may send. */
const HOLDERS_MAX = 100_000
const ALL_OTHERS = 'all others'

interface Count {
  taken: number
  /** When it begins anew, in whole milliseconds of performance.now(). */
  until: number
}

/**
 * How many requests a minute each holder may send: a proved key, or an address. Fastify's plugin
 * cannot take a request back, and forgets the counts of some where others make holders up.
 */
export class Quota {
  readonly #perMinute: number
  /** Those that begin anew first stand first. */
  readonly #counts = new Map<string, Count>()

  constructor(perMinute: number) {
    this.#perMinute = perMinute
  }

  /** Counts a request, and tells what is left. Throws `quota-exceeded` when nothing was. */
  take(holder: string, reply: FastifyReply): void {
    // Whole milliseconds: fractions lose digits in a sum, and a minute would come out longer.
    const now = Math.floor(performance.now())
    const count = this.#countOf(holder, now)
    count.taken += 1
    const seconds = Math.ceil((count.until - now) / 1_000)
    const left = Math.max(0, this.#perMinute - count.taken)
    reply.headers({
      'ratelimit-policy': `"default";q=${this.#perMinute};w=${WINDOW_MS / 1_000}`,
      ratelimit: `"default";r=${left};t=${seconds}`,
      // As an earlier draft had them.
      'ratelimit-limit': this.#perMinute,
      'ratelimit-remaining': left,
      'ratelimit-reset': seconds
    })
    if (count.taken <= this.#perMinute) return
    reply.header('retry-after', seconds)
    throw new Problem('quota-exceeded', said(details.tooManyRequests, { perMinute: this.#perMinute, seconds }))
  }

  /** Takes back the last request of a holder: it was counted for another. */
  giveBack(holder: string): void {
    const count = this.#counts.get(holder)
    if (count !== undefined && count.taken > 0) count.taken -= 1
  }

  #countOf(holder: string, now: number): Count {
    const known = this.#counts.get(holder)
    if (known !== undefined && known.until > now) return known
    this.#counts.delete(holder)
    if (this.#counts.size >= HOLDERS_MAX) this.#forgetEnded(now)
    if (this.#counts.size >= HOLDERS_MAX && holder !== ALL_OTHERS) return this.#countOf(ALL_OTHERS, now)
    const made = { taken: 0, until: now + WINDOW_MS }
    this.#counts.set(holder, made)
    return made
  }

  #forgetEnded(now: number): void {
    for (const [holder, { until }] of this.#counts) {
      if (until > now) return
      this.#counts.delete(holder)
    }
  }
}

/**
 * Whom an address stands for: of IPv6 its network of 64 bits, because one caller has all of that.
 */
export function networkOf(address: string): string {
  const mapped = /^::ffff:([\d.]+)$/i.exec(address)?.[1]
  if (mapped !== undefined) return mapped
  if (!isIPv6(address)) return address
  const [before = '', after] = address.split('%')[0]?.toLowerCase().split('::') ?? []
  const first = before.split(':').filter(Boolean)
  const last = after?.split(':').filter(Boolean) ?? []
  const zeros = after === undefined ? 0 : 8 - first.length - last.length
  const groups = [...first, ...Array.from({ length: zeros }, () => '0'), ...last]
  return groups
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':')
}
