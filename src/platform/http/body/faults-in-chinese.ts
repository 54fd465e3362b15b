import type { ErrorObject } from 'ajv'
import { CLIENT_ID_PATTERN, VISIBLE_PATTERN } from '../schema.ts'
import { charactersIn, nearestWord } from './spelling.ts'

/** What the fields of a part of a request are called. */
const NOUNS: Readonly<Record<string, string>> = {
  body: '字段',
  querystring: '查询参数',
  params: '路径参数',
  headers: '标头'
}

/** A fault of a field; `types` are those that its value could have. */
interface Fault {
  readonly fault: ErrorObject
  readonly types: readonly string[]
  /** The place of the field within its part; empty: the part itself. */
  readonly field: string
  readonly part: string
}

/** A fault of a field as a sentence in Chinese. */
export function faultInChinese({ fault, types, field, part }: Fault): string {
  const { keyword, params, parentSchema } = fault
  const noun = NOUNS[part] ?? '字段'
  if (keyword === 'additionalProperties')
    return unknownField(String(params.additionalProperty), Object.keys(parentSchema?.properties ?? {}), noun)
  const subject = field === '' ? '请求正文' : `${noun} ${field} `
  if (keyword === 'required') return `${subject}为必填。`
  const said = keyword === 'type' ? wrongType(fault, types) : misfit(fault)
  return `${subject}${said}${said.endsWith('？') ? '' : '。'}`
}

function unknownField(name: string, known: readonly string[], noun: string): string {
  const shown = `此处没有${noun}“${name.slice(0, 64)}”`
  const meant = nearestWord(name, known)
  if (meant !== undefined) return `${shown}：是否应为“${meant}”？`
  return known.length === 0 ? `${shown}。` : `${shown}。可用的有：${known.slice(0, 40).join('、')}。`
}

const TYPES: Readonly<Record<string, string>> = {
  string: '文本',
  integer: '整数',
  number: '数字',
  boolean: ' true 或 false',
  object: '对象',
  array: '列表',
  null: '空值 null'
}

function wrongType({ instancePath, data, parentSchema }: ErrorObject, types: readonly string[]): string {
  const wanted = [...new Set(types)].map((type) => TYPES[type] ?? type).join('或')
  const absent = instancePath === '' && (data === undefined || data === null)
  return `须为${wanted}${exampleIn(parentSchema)}，${absent ? '但没有提供' : `不能是${named(data)}`}`
}

const FORMS: Readonly<Record<string, string>> = {
  date: '存在的日期，例如 "2026-03-31"',
  'date-time': '存在的时刻，例如 "2026-03-31T08:15:00.000Z"',
  currency: '币种的 ISO 4217 代码，例如 "CNY"',
  email: '电子邮件地址，例如 "credit@example.com"'
}

function misfit({ keyword, params, data, parentSchema }: ErrorObject): string {
  const limit = Number(params.limit)
  switch (keyword) {
    case 'enum':
      return misspelled(params.allowedValues as unknown[], data)
    case 'pattern': {
      if (params.pattern === VISIBLE_PATTERN) return '不得为空白'
      const form = params.pattern === CLIENT_ID_PATTERN ? '：首位为字母或数字，其后至多 63 个字母、数字和 . _ ~ -' : ''
      return `格式不符合要求${form}${exampleIn(parentSchema)}`
    }
    case 'format':
      return FORMS[String(params.format)] === undefined ? '格式无效' : `须为${FORMS[String(params.format)]}`
    case 'minLength':
      return limit === 1 ? '不得为空' : `至少须有 ${limit} 个字符`
    case 'maxLength':
      return `最多 ${limit} 个字符，现有 ${charactersIn(String(data))} 个`
    case 'minItems':
      return `至少须有 ${limit} 项，现有 ${sizeOf(data)} 项`
    case 'maxItems':
      return `最多 ${limit} 项，现有 ${sizeOf(data)} 项`
    case 'uniqueItems':
      return `各项不得重复：第 ${Math.min(params.i, params.j)} 项与第 ${Math.max(params.i, params.j)} 项（从 0 起数）相同`
    case 'minProperties':
      return `至少须有 ${limit} 个字段，现有 ${sizeOf(data)} 个`
    case 'maxProperties':
      return `最多 ${limit} 个字段，现有 ${sizeOf(data)} 个`
    case 'minimum':
      return `不得小于 ${limit}，现为 ${data}`
    case 'maximum':
      return `不得大于 ${limit}，现为 ${data}`
    case 'exclusiveMinimum':
      return `须大于 ${limit}，现为 ${data}`
    case 'exclusiveMaximum':
      return `须小于 ${limit}，现为 ${data}`
    default:
      return '无效'
  }
}

/** A longer sentence is not read. */
const WORDS_MAX = 30

function misspelled(allowed: readonly unknown[], data: unknown): string {
  const words = allowed.map(String)
  const meant = typeof data === 'string' ? nearestWord(data, words) : undefined
  const listed = words.length > WORDS_MAX ? `${words.length} 个词之一，例如 ${words[0]}` : words.join('、')
  const wanted = `须为 ${listed}${words.length > 1 && words.length <= WORDS_MAX ? ' 之一' : ''}，不能是${named(data)}`
  return meant === undefined || words.length === 1 ? wanted : `${wanted}：是否应为“${meant}”？`
}

/** Only a short plain text is repeated: a caller's text must not speak for us. */
function named(value: unknown): string {
  if (Array.isArray(value)) return '列表'
  if (typeof value === 'object' && value !== null) return '对象'
  if (typeof value === 'number') return `数字 ${value}`
  if (typeof value !== 'string') return ` ${value}`
  if (value === '') return '空文本'
  return /^[\w.:+-]{1,40}$/.test(value) ? `“${value}”` : '其他文本'
}

function exampleIn(schema: ErrorObject['parentSchema']): string {
  const [example] = schema?.examples ?? []
  const shown = example === undefined ? '' : JSON.stringify(example)
  return shown === '' || shown.length > 200 ? '' : `（例如 ${shown}）`
}

function sizeOf(value: unknown): number {
  return Object.keys(value as object).length
}
