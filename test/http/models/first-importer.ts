import type { PointsModel } from '../../../src/engine/index.ts'
import type { ModelId } from '../../../src/ids.ts'
import { idOf } from '../../../src/platform/values/ids.ts'
import type { Service } from '../../service.ts'

/** A card of another tool: points by years in business, of which no more than 50 are valid. */
export const CARD = `<PMML version="4.4" xmlns="http://www.dmg.org/PMML-4_4"><Header/>
<DataDictionary><DataField name="years" optype="continuous" dataType="double">
<Interval closure="closedClosed" leftMargin="0" rightMargin="50"/></DataField></DataDictionary>
<Scorecard modelName="card" functionName="regression" useReasonCodes="false" initialScore="300">
<MiningSchema><MiningField name="years"/></MiningSchema>
<Characteristics><Characteristic name="age">
<Attribute partialScore="0"><SimplePredicate field="years" operator="isMissing"/></Attribute>
<Attribute partialScore="10"><SimplePredicate field="years" operator="lessThan" value="5"/></Attribute>
<Attribute partialScore="40"><SimplePredicate field="years" operator="greaterOrEqual" value="5"/></Attribute>
</Characteristic></Characteristics></Scorecard></PMML>`

/** What the first version of the importer made of it. */
export const FIRST: PointsModel = {
  id: 'card',
  version: 1,
  name: { en: 'card', zh: 'card' },
  description: { en: 'Imported from PMML: card.', zh: 'Imported from PMML: card.' },
  segment: 'company',
  inputs: [{ id: 'years', type: 'numeric', description: { en: 'years', zh: 'years' } }],
  scaling: { points: 600, odds: 50, pointsToDoubleOdds: 20 },
  minimumCoverage: 0,
  basePoints: 300,
  characteristics: [
    {
      id: 'age',
      name: { en: 'age', zh: 'age' },
      group: 'profile',
      feature: 'years',
      missing: { rule: 'points', points: 0 },
      reason: 'CHARACTERISTIC_WEAK',
      strength: 'CHARACTERISTIC_STRONG',
      weight: 100,
      type: 'numeric',
      attributes: [
        { to: 5, points: 10 },
        { from: 5, points: 40 }
      ]
    }
  ],
  evidence: [
    {
      id: 'any',
      name: { en: 'Whatever is known', zh: '任意已知信息' },
      requires: [{ group: 'profile', coverageAtLeast: 0 }]
    }
  ],
  ceilings: [],
  knockouts: [],
  cases: [{ name: 'The best of everything', features: { years: 5 }, expect: { status: 'rated', score: 340 } }]
}

/** Lets an approved version decide, as an earlier service would have done. */
export async function letDecide({ deps }: Pick<Service, 'deps'>, { id, version, segment }: PointsModel): Promise<void> {
  const { db } = deps
  await db
    .updateTable('scoringModels')
    .set({ state: 'retired' })
    .where('segment', '=', segment)
    .where('state', '=', 'active')
    .execute()
  await db
    .updateTable('scoringModels')
    .set({ state: 'active' })
    .where('modelId', '=', idOf<ModelId>(id))
    .where('version', '=', version)
    .execute()
}
