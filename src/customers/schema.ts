import Type, { type Static } from 'typebox'
import { CUSTOMER_KINDS, EDUCATIONS, IDENTIFIER_SCHEMES, OCCUPATIONS, RESIDENCES } from '../engine/index.ts'
import { CustomerId } from '../ids.ts'
import {
  BusinessDate,
  Country,
  Currency,
  closed,
  component,
  nullable,
  oneOf,
  PositiveMoney,
  pageOf,
  pageQuery,
  ref,
  Timestamp,
  text,
  Version
} from '../platform/http/schema.ts'

const Identifier = component(
  'Identifier',
  'A number by which others know the customer',
  closed(
    Type.Object(
      {
        scheme: oneOf(IDENTIFIER_SCHEMES, {
          description:
            'uscc: 统一社会信用代码 (GB 32100-2015); lei: Legal Entity Identifier (ISO 17442); duns: D-U-N-S number; vat: VAT number with its country prefix; erp, crm: the number in that system'
        }),
        value: text(64, { description: 'The number, as the scheme writes it' })
      },
      { examples: [{ scheme: 'uscc', value: '91350100M000100Y43' }] }
    )
  )
)

const addressLines = {
  street: text(300, { description: 'Street and number' }),
  city: text(100, { description: 'City or town' }),
  region: text(100, { description: 'Province, state or county' }),
  postalCode: text(20, { description: 'Postal code' }),
  country: Country
}
const Address = { ...closed(Type.Partial(Type.Object(addressLines))), description: 'Where the customer has its seat' }

/** An address in a merge patch: null removes a line. */
const AddressPatch = closed(
  Type.Partial(
    Type.Object({
      street: nullable(addressLines.street),
      city: nullable(addressLines.city),
      region: nullable(addressLines.region),
      postalCode: nullable(addressLines.postalCode),
      country: nullable(addressLines.country)
    })
  )
)

const personFields = {
  monthlyIncome: { ...ref(PositiveMoney), description: 'Regular income of a month before tax' },
  occupation: oneOf(OCCUPATIONS, { description: 'Occupation' }),
  employedSince: { ...BusinessDate, description: 'First day of the present employment or trade' },
  education: oneOf(EDUCATIONS, { description: 'Highest completed education' }),
  residence: oneOf(RESIDENCES, { description: 'Housing status; family: lives with relatives' }),
  residentSince: { ...BusinessDate, description: 'First day at the present residence' },
  dependants: Type.Integer({ minimum: 0, maximum: 50, description: 'Number of dependants' }),
  bornOn: { ...BusinessDate, description: 'Date of birth' }
}

const Person = component(
  'Person',
  'The natural person who owes: an individual, or the owner of a sole trade. Sex, marital status, religion and the like are not kept',
  closed(
    Type.Partial(
      Type.Object(personFields, {
        examples: [
          {
            monthlyIncome: { amount: '12500.00', currency: 'CNY' },
            occupation: 'self_employed',
            employedSince: '2018-05-01',
            residence: 'mortgaged',
            residentSince: '2020-09-01'
          }
        ]
      })
    )
  )
)

/** A person in a merge patch: null removes a field. */
const PersonPatch = closed(
  Type.Partial(
    Type.Object({
      monthlyIncome: nullable(personFields.monthlyIncome),
      occupation: nullable(personFields.occupation),
      employedSince: nullable(personFields.employedSince),
      education: nullable(personFields.education),
      residence: nullable(personFields.residence),
      residentSince: nullable(personFields.residentSince),
      dependants: nullable(personFields.dependants),
      bornOn: nullable(personFields.bornOn)
    })
  )
)

const Contact = closed(
  Type.Object({
    name: text(200, { description: 'Name of the person' }),
    role: Type.Optional(text(100, { description: 'What the person does there' })),
    email: Type.Optional(Type.String({ format: 'email', maxLength: 254, description: 'E-mail address' })),
    phone: Type.Optional(
      Type.String({
        pattern: '^[+0-9][0-9 ()./-]{2,30}$',
        maxLength: 32,
        description: 'Telephone number: digits, after a + with the country'
      })
    )
  })
)

const optionalProfile = {
  localName: text(300, { description: 'Name in the local script', examples: ['东方钢铁贸易有限公司'] }),
  tradingName: text(300, { description: 'Name under which it trades' }),
  identifiers: Type.Array(ref(Identifier), {
    maxItems: 20,
    uniqueItems: true,
    description: 'Numbers by which others know it'
  }),
  registeredOn: { ...BusinessDate, description: 'Date of registration or incorporation' },
  registeredCapital: { ...ref(PositiveMoney), description: 'Registered capital' },
  industry: Type.String({
    pattern: '^([A-U]|[0-9]{2})$',
    maxLength: 2,
    description: 'ISIC Rev. 4 section (A to U) or division (01 to 99)',
    examples: ['46']
  }),
  country: { ...Country, description: 'Country of registration, ISO 3166-1 alpha-2' },
  address: Address,
  businessScope: text(4_000, { description: 'Registered scope of business (经营范围)' }),
  employees: Type.Integer({ minimum: 0, maximum: 10_000_000, description: 'Number of employees' }),
  cooperationSince: {
    ...BusinessDate,
    description: 'Since when it has been a customer: the day of the first business'
  },
  parentCustomerId: { ...CustomerId, description: 'Customer id of the parent, which must exist' },
  contacts: Type.Array(Contact, { maxItems: 50, description: 'Whom to talk to' }),
  person: ref(Person),
  currency: {
    ...Currency,
    description: 'Currency of the credit account; fixed once the account has a history. Default: the service’s'
  }
}

const requiredProfile = {
  kind: oneOf(CUSTOMER_KINDS, { description: 'company; sole_trader (个体工商户); individual' }),
  name: text(300, { description: 'Legal name', examples: ['Orient Steel Trading Co., Ltd.'] })
}

type Optionals = { [Name in keyof typeof optionalProfile]: Type.TOptional<(typeof optionalProfile)[Name]> }
const optionals = Object.fromEntries(
  Object.entries(optionalProfile).map(([name, schema]) => [name, Type.Optional(schema)])
) as unknown as Optionals

const example = {
  kind: 'company' as const,
  name: 'Orient Steel Trading Co., Ltd.',
  localName: '东方钢铁贸易有限公司',
  identifiers: [{ scheme: 'uscc' as const, value: '91350100M000100Y43' }],
  registeredOn: '2009-05-18',
  registeredCapital: { amount: '20000000.00', currency: 'CNY' },
  industry: '46',
  country: 'CN',
  employees: 120,
  cooperationSince: '2016-03-01',
  currency: 'CNY'
}

export const CustomerProfile = component(
  'CustomerProfile',
  'Who a customer is, as far as the caller knows. What is not known is left out',
  closed(Type.Object({ ...requiredProfile, ...optionals }, { examples: [example] }))
)
export type CustomerProfile = Static<typeof CustomerProfile>

type Patches = {
  [Name in keyof typeof optionalProfile]: Type.TOptional<Type.TUnion<[(typeof optionalProfile)[Name], Type.TNull]>>
}
const patches = Object.fromEntries(
  Object.entries(optionalProfile).map(([name, schema]) => [name, Type.Optional(nullable(schema))])
) as unknown as Patches

export const CustomerPatch = component(
  'CustomerPatch',
  'A JSON Merge Patch (RFC 7396): null removes a field',
  closed(
    Type.Object(
      {
        kind: Type.Optional(requiredProfile.kind),
        name: Type.Optional(requiredProfile.name),
        ...patches,
        address: Type.Optional(nullable(AddressPatch, 'Where the customer has its seat; null removes it')),
        person: Type.Optional(nullable(PersonPatch, 'The natural person who owes; null removes it'))
      },
      {
        minProperties: 1,
        examples: [{ employees: 135, tradingName: null }]
      }
    )
  )
)
export type CustomerPatch = Static<typeof CustomerPatch>

export const Customer = component(
  'Customer',
  'A customer, who may be granted credit',
  Type.Object({
    customerId: CustomerId,
    ...CustomerProfile.properties,
    currency: Currency,
    version: Version,
    createdAt: Timestamp,
    updatedAt: Timestamp
  })
)
export type Customer = Static<typeof Customer>

export const CustomerPage = pageOf('CustomerPage', Customer)

export const CustomerQuery = Type.Object(
  {
    kind: Type.Optional({ ...requiredProfile.kind, examples: ['company'] }),
    country: Type.Optional(Country),
    industry: Type.Optional(optionalProfile.industry),
    parentCustomerId: Type.Optional({ ...CustomerId, description: 'Only its subsidiaries', examples: ['C-1000'] }),
    identifier: Type.Optional(
      Type.String({
        pattern: '^(uscc|lei|duns|vat|erp|crm):.{1,64}$',
        maxLength: 70,
        description: 'An identifier, as `scheme:value`',
        examples: ['uscc:91350100M000100Y43']
      })
    ),
    name: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 100,
        description: 'Part of any of the names, in any case',
        examples: ['orient']
      })
    ),
    updatedSince: Type.Optional({
      ...Timestamp,
      description: 'Only customers that were changed at or after this instant'
    }),
    ...pageQuery
  },
  { additionalProperties: false }
)
export type CustomerQuery = Static<typeof CustomerQuery>
