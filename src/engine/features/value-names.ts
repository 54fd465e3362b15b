import { INDUSTRY_SECTIONS } from '../customer/isic.ts'
import type { Text } from '../values/text.ts'
import texts from './texts.json' with { type: 'json' }

type Names = Readonly<Record<string, Text>>

const SECTIONS: Names = Object.fromEntries(Object.entries(INDUSTRY_SECTIONS).map(([id, { name }]) => [id, name]))
const NAMES: Readonly<Record<string, Names>> = { ...texts.values, 'profile.industrySection': SECTIONS }

/**
 * What people call a value of a feature of the catalogue, such as 关注类 for `special_mention`;
 * undefined where it has no other name, as a grade or a country.
 */
export function nameOfValue(feature: string, value: string): Text | undefined {
  const names = Object.hasOwn(NAMES, feature) ? NAMES[feature] : undefined
  return names !== undefined && Object.hasOwn(names, value) ? names[value] : undefined
}
