import { canonicalJson, sha256 } from './canonical.ts'

/** The hash before the first entry of every chain. */
export const GENESIS_HASH = '0'.repeat(64)

/** One link. Its payload is canonical JSON, stored as the very text that is hashed. */
export interface Link {
  readonly seq: number
  readonly at: string
  readonly type: string
  readonly actor: string
  readonly subject: string
  readonly payload: string
  readonly previousHash: string
  readonly hash: string
}

/** The last link of a chain, which the next one is joined to. */
interface ChainHead {
  readonly journalSeq: number
  readonly journalHash: string
}

/** A chain of entries that all name its owner, under one name: `{ customerId: 'C-1' }`. */
export class HashChain<Owner extends Readonly<Record<string, string>>> {
  readonly #owner: Owner
  /** The member of the hashed text that names the owner. */
  readonly #member: string

  /** Throws a RangeError for a name that does not sort where `customerId` does. */
  constructor(owner: Owner) {
    const [name = '', ...others] = Object.keys(owner)
    // RFC 8785 sorts the names, and the text below has the owner in this place.
    if (!('at' < name && name < 'payload') || others.length > 0)
      throw new RangeError(`A chain cannot name its owner by ${[name, ...others]}.`)
    this.#owner = owner
    this.#member = JSON.stringify(owner).slice(1, -1)
  }

  /** Joins links to the chain, in this order. */
  join<Type extends string, Actor extends string>(
    head: ChainHead,
    links: readonly { type: Type; subject: string; payload: object }[],
    { at, actor }: { readonly at: string; readonly actor: Actor }
  ): (Owner & Link & { type: Type; actor: Actor })[] {
    let previousHash = head.journalHash
    return links.map(({ type, subject, payload }, index) => {
      const seq = head.journalSeq + index + 1
      const link = {
        ...this.#owner,
        seq,
        at,
        type,
        actor,
        subject,
        payload: canonicalJson(payload),
        previousHash
      }
      previousHash = this.hashOf(link)
      return { ...link, hash: previousHash }
    })
  }

  /**
   * The hash that a link must have: SHA-256 over the RFC 8785 text of its other members. The text
   * is built here, because JSON.stringify writes strings and numbers as RFC 8785 wants them; a
   * chain is verified three times as fast as through the general form.
   */
  hashOf({ seq, at, type, actor, subject, payload, previousHash }: Omit<Link, 'hash'>): string {
    const text = JSON.stringify
    return sha256(
      `{"actor":${text(actor)},"at":${text(at)},${this.#member},"payload":${text(payload)},` +
        `"previousHash":${text(previousHash)},"seq":${text(seq)},"subject":${text(subject)},"type":${text(type)}}`
    )
  }
}
