import { _, type ErrorObject, type KeywordCxt, Name, type SchemaValidateFunction, type ValidateFunction } from 'ajv'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { isInstant } from '../../values/instants.ts'
import { faultsProblem, type Problem } from '../../values/problem.ts'
import { STREAMED } from '../openapi.ts'
import { components } from '../schema.ts'
import { fieldFaults, MONEY_FAULT } from './field-faults.ts'

/** What validation asks of the domain; the platform knows no currency and no calendar. */
export interface DomainFormats {
  isCurrency(code: string): boolean
  isBusinessDate(text: string): boolean
  /** A sentence about what is wrong with an amount in a currency; undefined when nothing is. */
  moneyFault(amount: string, currency: string): string | undefined
}

/** The most faults of a body that are told. */
const FAULTS_MAX = 200

/**
 * Two validators: a body is taken literally, while a text in the path or query becomes the number
 * it spells.
 */
export function useStrictValidation(app: FastifyInstance, formats: DomainFormats): void {
  const shared = {
    removeAdditional: false,
    useDefaults: true,
    allErrors: true,
    verbose: true,
    strict: false,
    allowUnionTypes: true,
    // Checking a request takes microseconds either way. Letting Ajv optimise all validators takes a
    // third of the start.
    code: { optimize: false }
  } as const
  const strict = withFormats(new Ajv2020({ ...shared, coerceTypes: false }), formats)
  const spelled = withFormats(new Ajv2020({ ...shared, coerceTypes: true }), formats)
  for (const schema of components()) {
    strict.addSchema(endingEarly(schema))
    spelled.addSchema(schema)
    app.addSchema(schema)
  }
  app.setValidatorCompiler(({ schema, httpPart }) => {
    if (STREAMED in (schema as object)) return () => true
    if (httpPart === 'body') return strict.compile(endingEarly(schema as object))
    return takingDecimals(schema as object, spelled.compile(schema as object))
  })
  app.setSchemaErrorFormatter((errors, part) => validationProblem(errors as ErrorObject[], part))
}

/** A number as people write it. */
const DECIMAL = /^-?(0|[1-9]\d*)(\.\d+)?$/
/** No number begins with it. */
const NO_NUMBER = '!'

/**
 * A validator under which `0x10`, `1e2`, `+1` and `01` are no numbers, though JavaScript reads them
 * as such: they are hidden from it while it looks for numbers.
 */
function takingDecimals(schema: object, validate: ValidateFunction): ValidateFunction {
  const { properties = {} } = schema as { properties?: Record<string, { type?: unknown }> }
  const numbers = Object.keys(properties).filter((name) =>
    ['integer', 'number'].includes(String(properties[name]?.type))
  )
  if (numbers.length === 0) return validate
  const taking = (fields: Record<string, unknown>): boolean => {
    const odd = numbers.flatMap((name) => {
      const text = fields?.[name]
      return typeof text === 'string' && !DECIMAL.test(text) ? [{ name, text }] : []
    })
    for (const { name, text } of odd) fields[name] = NO_NUMBER + text
    const fits = validate(fields) as boolean
    for (const { name, text } of odd) {
      fields[name] = text
      for (const error of validate.errors ?? []) if (error.instancePath === `/${name}`) error.data = text
    }
    Object.assign(taking, { errors: validate.errors })
    return fits
  }
  return taking as unknown as ValidateFunction
}

/**
 * What is wrong with an independent part of a body, by its own schema; undefined when nothing is.
 * Pointers begin at the part.
 */
export function faultIn(request: FastifyRequest, schema: object, part: unknown): Problem | undefined {
  const validate = request.getValidationFunction(schema) ?? request.compileValidationSchema(schema, 'body')
  if (validate(part)) return undefined
  return validationProblem((validate as unknown as { errors: ErrorObject[] }).errors, 'body')
}

function validationProblem(faults: readonly ErrorObject[], part: string): Problem {
  const errors = fieldFaults(faults, part, FAULTS_MAX).map((error) => ({
    ...error,
    detail: error.detail.slice(0, 1_000),
    zh: error.zh.slice(0, 1_000)
  }))
  return faultsProblem('validation-error', errors)
}

function withFormats(ajv: Ajv2020, formats: DomainFormats): Ajv2020 {
  addFormats.default(ajv)
  ajv.addFormat('date', { type: 'string', validate: (text: string) => formats.isBusinessDate(text) })
  ajv.addFormat('date-time', { type: 'string', validate: isInstant })
  ajv.addFormat('currency', { type: 'string', validate: (code: string) => formats.isCurrency(code) })
  ajv.addKeyword({ keyword: ENOUGH, schemaType: 'boolean', code: stopAtEnough })
  ajv.addKeyword({
    keyword: 'x-money',
    type: 'object',
    validate: moneyValidator(formats)
  })
  return ajv
}

/**
 * An amount has at most as many decimals as its currency. No other keyword can state a rule between
 * two fields.
 */
function moneyValidator({ isCurrency, moneyFault }: DomainFormats): SchemaValidateFunction {
  const validate: SchemaValidateFunction = (
    _wanted: unknown,
    { amount, currency }: { amount?: unknown; currency?: unknown }
  ) => {
    if (typeof amount !== 'string' || typeof currency !== 'string' || !isCurrency(currency)) return true
    const fault = moneyFault(amount, currency)
    if (fault === undefined) return true
    validate.errors = [{ keyword: MONEY_FAULT, message: fault, params: {} }]
    return false
  }
  return validate
}

/** Stands in the schema of each entry of a list or map: where there are faults enough, it ends. */
const ENOUGH = 'x-enough'

/**
 * The schema of a body, of which validation ends once there are faults enough: without that, a list
 * of faulty entries costs as much as the caller likes. The same for the same schema, as Ajv wants
 * it for one that has a name.
 */
function endingEarly<Schema extends object>(schema: Schema): Schema {
  const before = ended.get(schema)
  if (before !== undefined) return before as Schema
  const made = Object.fromEntries(
    Object.entries(schema).map(([keyword, value]) => {
      if (typeof value !== 'object' || value === null || VALUES.has(keyword)) return [keyword, value]
      if (Array.isArray(value)) return [keyword, value.map((each) => (isSchema(each) ? endingEarly(each) : each))]
      const within = endingEarly(value)
      if (keyword === 'patternProperties') return [keyword, mapValues(within, ofEntry)]
      return [keyword, OF_ENTRIES.has(keyword) ? ofEntry(within) : within]
    })
  )
  ended.set(schema, made)
  return made as Schema
}

function ofEntry(schema: object): object {
  return { ...schema, [ENOUGH]: true }
}

function mapValues(map: object, change: (value: object) => object): object {
  return Object.fromEntries(Object.entries(map).map(([name, value]) => [name, change(value)]))
}

const ended = new WeakMap<object, object>()

/** Keywords whose schema holds for each entry, and those that hold values instead of schemas. */
const OF_ENTRIES = new Set(['items', 'additionalProperties'])
const VALUES = new Set(['enum', 'const', 'examples', 'default', 'required'])

function isSchema(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

/**
 * Ends the function that Ajv makes of a schema, as it ends by itself. Not within a choice, whose
 * faults count only where no branch fits.
 */
function stopAtEnough({ gen, it }: KeywordCxt): void {
  if (it.compositeRule) return
  gen.if(_`${new Name('errors')} >= ${FAULTS_MAX}`, () => {
    gen.assign(_`${it.validateName}.errors`, new Name('vErrors'))
    gen.return(false)
  })
}
