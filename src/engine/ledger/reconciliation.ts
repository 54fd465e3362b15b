/** What kind of document a snapshot names. */
export const SNAPSHOT_DOCUMENTS = ['invoice', 'payment', 'credit_note', 'item'] as const
type SnapshotDocument = (typeof SNAPSHOT_DOCUMENTS)[number]

/** How the ledger and a snapshot differ about one document, seen from the ledger. */
export const DIFFERENCE_KINDS = ['missing', 'extra', 'different', 'older', 'also_held'] as const
type DifferenceKind = (typeof DIFFERENCE_KINDS)[number]

/** What a document says, field by field. */
type DocumentContent = Readonly<Record<string, string | number | boolean | null>>

/** A document as a snapshot states it; fields that it leaves out are not compared. */
export interface StatedDocument {
  readonly document: SnapshotDocument
  readonly id: string
  /** Minor units, in the currency of the document. */
  readonly openMinor: number
  readonly content: DocumentContent
  /** Null where the caller's system states none. */
  readonly sourceVersion: number | null
}

/** The same as it is recorded. */
export interface RecordedDocument extends StatedDocument {
  /** When it was last recorded, changed or settled: an instant in the form of the service. */
  readonly changedAt: string
}

export interface Difference {
  /**
   * `missing`: in the snapshot, not recorded. `extra`: recorded as open, not in the snapshot.
   * `different`: the snapshot says otherwise. `older`: so it does, but what is recorded is newer
   * than the snapshot, so it stays. So is an order of which something was captured since.
   * `also_held`: an order that holds a reservation as well: it is not recorded beside it, for then
   * it would count twice.
   */
  readonly kind: DifferenceKind
  readonly document: SnapshotDocument
  readonly id: string
  /** What differs. */
  readonly fields: readonly string[]
  /** Null: not recorded. */
  readonly recordedMinor: number | null
  /** Null: not in the snapshot. */
  readonly statedMinor: number | null
  /**
   * The check whose reservation an order holds as well, or of which something was captured since;
   * null for every other.
   */
  readonly checkId: string | null
}

/**
 * Compares a snapshot with what is recorded of the same kinds of documents: the documents that are
 * open, and those that the snapshot names. A version decides where both state one; where none
 * decides, what changed after the snapshot was taken is newer than it. `held` names the items that
 * are orders with a reservation beside them, each with the check that made it; `captured` those of
 * which something was captured after the snapshot was taken, whatever the versions say: what the
 * snapshot states of them counts as captured by now. In the order of the snapshot, then of the
 * record. O(n).
 */
export function compareSnapshot(
  stated: readonly StatedDocument[],
  recorded: readonly RecordedDocument[],
  snapshotAt: string,
  held: ReadonlyMap<string, string> = new Map(),
  captured: ReadonlyMap<string, string> = new Map()
): Difference[] {
  const byKey = new Map(recorded.map((each) => [keyOf(each), each]))
  const differences: Difference[] = []
  for (const each of stated) {
    const known = byKey.get(keyOf(each))
    byKey.delete(keyOf(each))
    const counts = each.document === 'item' && each.openMinor !== 0
    const holder = counts ? held.get(each.id) : undefined
    const difference = holder === undefined ? differenceOf(each, known, snapshotAt) : alsoHeld(each, known, holder)
    if (difference === undefined) continue
    const checkId = counts && holder === undefined ? captured.get(each.id) : undefined
    differences.push(checkId === undefined ? difference : { ...difference, kind: 'older', checkId })
  }
  for (const { document, id, openMinor, changedAt } of byKey.values()) {
    if (openMinor === 0) continue
    const kind = changedAt > snapshotAt ? 'older' : 'extra'
    differences.push({ kind, document, id, fields: [], recordedMinor: openMinor, statedMinor: null, checkId: null })
  }
  return differences
}

function alsoHeld(
  { document, id, openMinor: statedMinor }: StatedDocument,
  known: RecordedDocument | undefined,
  checkId: string
): Difference {
  return { kind: 'also_held', document, id, fields: [], recordedMinor: known?.openMinor ?? null, statedMinor, checkId }
}

function differenceOf(
  stated: StatedDocument,
  known: RecordedDocument | undefined,
  snapshotAt: string
): Difference | undefined {
  const { document, id, openMinor: statedMinor } = stated
  const what = { document, id, statedMinor, checkId: null }
  if (known === undefined) return { kind: 'missing', fields: [], recordedMinor: null, ...what }
  const names = Object.keys(stated.content).filter((name) => stated.content[name] !== known.content[name])
  const fields = known.openMinor === statedMinor ? names : ['open', ...names]
  if (fields.length === 0) return undefined
  const kind = isNewer(known, stated, snapshotAt) ? 'older' : 'different'
  return { kind, fields, recordedMinor: known.openMinor, ...what }
}

function isNewer(known: RecordedDocument, stated: StatedDocument, snapshotAt: string): boolean {
  const [left, right] = [known.sourceVersion, stated.sourceVersion]
  if (left !== null && right !== null && left !== right) return left > right
  return known.changedAt > snapshotAt
}

/** What one document is told from another by. */
export function keyOf({ document, id }: Pick<StatedDocument, 'document' | 'id'>): string {
  return `${document} ${id}`
}
