/** A document of boosted trees, of about a million characters: what tools write for 120 trees. */
export function largePmml(): string {
  const fields = Array.from({ length: 40 }, (_, index) => `x${index}`)
  const mined = fields.map((field) => `<MiningField name="${field}"/>`).join('')
  const data = fields.map((field) => `<DataField name="${field}" optype="continuous" dataType="double"/>`).join('')
  const trees = Array.from({ length: 120 }, (_, seed) => {
    const tree = `<TreeModel functionName="regression" missingValueStrategy="defaultChild"><MiningSchema>${mined}</MiningSchema>${nodeOf(seed, 1, '<True/>')}</TreeModel>`
    return `<Segment><True/>${tree}</Segment>`
  })
  return `<PMML version="4.4" xmlns="http://www.dmg.org/PMML-4_4"><Header/><DataDictionary>${data}</DataDictionary><MiningModel modelName="boosted" functionName="regression"><MiningSchema>${mined}</MiningSchema><Segmentation multipleModelMethod="sum">${trees.join('')}</Segmentation></MiningModel></PMML>`
}

/** A node of a tree of depth 5; its place is 1 at the root, and twice that or one more below. */
function nodeOf(seed: number, place: number, predicate: string): string {
  const id = `t${seed}n${place}`
  const odd = Math.sin(seed * 131 + place * 17)
  if (place >= 32) return `<Node id="${id}" score="${odd}" recordCount="${1 + (place % 7)}">${predicate}</Node>`
  const field = `x${(seed * 7 + place * 3) % 40}`
  const asks = (operator: string) => `<SimplePredicate field="${field}" operator="${operator}" value="${odd}"/>`
  const below = nodeOf(seed, 2 * place, asks('lessThan'))
  const above = nodeOf(seed, 2 * place + 1, asks('greaterOrEqual'))
  return `<Node id="${id}" defaultChild="t${seed}n${2 * place}">${predicate}${below}${above}</Node>`
}
