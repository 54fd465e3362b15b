import type { BusinessDate } from '../values/dates.ts'
import type { Money } from '../values/money.ts'

/** How a person earns a living. */
export const OCCUPATIONS = [
  'public_employee',
  'manager',
  'professional',
  'employee',
  'worker',
  'self_employed',
  'farmer',
  'freelancer',
  'student',
  'retired',
  'unemployed',
  'other'
] as const
type Occupation = (typeof OCCUPATIONS)[number]

/** The highest education that was completed, from the lowest on. */
export const EDUCATIONS = [
  'primary',
  'lower_secondary',
  'upper_secondary',
  'vocational',
  'bachelor',
  'postgraduate'
] as const
type Education = (typeof EDUCATIONS)[number]

/** By what right a person lives where they live. `family`: with relatives, rent-free. */
export const RESIDENCES = ['owned', 'mortgaged', 'rented', 'family', 'other'] as const
type Residence = (typeof RESIDENCES)[number]

/**
 * What is known of the natural person who owes: an individual, or the owner of a sole trade.
 * Everything may be unknown. What no jurisdiction profile allows to be scored by default, such as
 * sex, marital status or religion, has no place here.
 */
export interface PersonProfile {
  /** Regular income of a month before tax. */
  readonly monthlyIncome?: Money
  readonly occupation?: Occupation
  /** First day of the present employment or trade. */
  readonly employedSince?: BusinessDate
  readonly education?: Education
  readonly residence?: Residence
  /** First day at the present residence. */
  readonly residentSince?: BusinessDate
  /** How many people live on the person's income, beside the person. */
  readonly dependants?: number
  readonly bornOn?: BusinessDate
}
