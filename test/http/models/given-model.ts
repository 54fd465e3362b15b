import type { PointsModel } from '../../../src/engine/index.ts'
import { ScoringModelBody } from '../../../src/models/schema.ts'
import type { Service } from '../../service.ts'

/** The model of the documentation: fit to be published, for companies. */
export const MODEL = (ScoringModelBody as unknown as { examples: [PointsModel] }).examples[0]

/** The same under another name, with other contents where they are given. */
export function modelOf(id: string, changes: Partial<PointsModel> = {}): PointsModel {
  return { ...structuredClone(MODEL), id, ...changes }
}

/** Where a version lies. */
export function pathOf({ id, version }: Pick<PointsModel, 'id' | 'version'>): string {
  return `/v1/models/${id}/versions/${version}`
}

/** Writes a draft and answers its path. */
export async function givenDraft({ send }: Pick<Service, 'send'>, model: PointsModel): Promise<string> {
  const path = pathOf(model)
  await send('PUT', path, model)
  return path
}

/** Writes a draft, and approves it with another key. */
export async function givenApproved(
  service: Pick<Service, 'send' | 'authorization'>,
  model: PointsModel
): Promise<string> {
  const path = await givenDraft(service, model)
  const authorization = await service.authorization('admin')
  await service.send('POST', `${path}/approvals`, {}, { authorization, 'if-match': '"1"' })
  return path
}

/** The same, running beside the active model of its segment. */
export async function givenShadow(
  service: Pick<Service, 'send' | 'authorization'>,
  model: PointsModel
): Promise<string> {
  const path = await givenApproved(service, model)
  await service.send('POST', `${path}/shadow-runs`, {}, { 'if-match': '"2"' })
  return path
}

/** The same, deciding for its segment. */
export async function givenActive(
  service: Pick<Service, 'send' | 'authorization'>,
  model: PointsModel
): Promise<string> {
  const path = await givenApproved(service, model)
  await service.send('POST', `${path}/activations`, {}, { 'if-match': '"2"' })
  return path
}
