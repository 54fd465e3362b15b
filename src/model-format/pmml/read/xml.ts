import { XMLParser, XMLValidator } from 'fast-xml-parser'

/** An element of a document that was read. Names are without their prefix. */
export interface XmlElement {
  readonly name: string
  readonly attributes: ReadonlyMap<string, string>
  readonly children: readonly XmlElement[]
  /** The text between its tags, without that of its children. */
  readonly text: string
  /** Where it stands, as an XPath: `/PMML/Scorecard/Characteristics/Characteristic[2]`. */
  readonly place: string
}

/** An element to be written. An attribute that is undefined is left out. */
export interface XmlNode {
  readonly name: string
  readonly attributes: Readonly<Record<string, string | number | boolean | undefined>>
  readonly content: readonly XmlNode[] | string
}

/** The longest document that is read, in characters, and how deep its elements may nest. */
const XML_LENGTH_MAX = 4_000_000
const XML_DEPTH_MAX = 40

const PARSER = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: '',
  textNodeName: '#text',
  cdataPropName: '#cdata',
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: false,
  // Entities are resolved here, and only those that XML itself defines: none can be declared, so
  // none can grow.
  processEntities: false,
  ignoreDeclaration: true,
  ignorePiTags: true,
  maxNestedTags: XML_DEPTH_MAX,
  jPath: false
})

/** The root of a document, or a sentence that says why it cannot be read. Never throws. */
export function readXml(text: string): XmlElement | { fault: string } {
  if (text.length > XML_LENGTH_MAX) return { fault: `The document is longer than ${XML_LENGTH_MAX} characters.` }
  if (/<!(DOCTYPE|ENTITY)/i.test(text)) return { fault: 'A document type is not accepted: remove <!DOCTYPE …>.' }
  try {
    const valid = XMLValidator.validate(text)
    if (valid !== true) return { fault: notXml(`${valid.err.msg} (line ${valid.err.line})`) }
    const parsed: ParsedNode[] = PARSER.parse(text)
    const roots = parsed.filter((node) => !(nameOf(node) ?? '#').startsWith('#'))
    const [root] = roots
    if (root === undefined || roots.length > 1) return { fault: notXml('it has no single root') }
    return elementOf(root, '')
  } catch (error) {
    return { fault: notXml(error instanceof Error ? error.message : 'unreadable') }
  }
}

function notXml(why: string): string {
  return `The document is not well-formed XML that can be read here: ${why.slice(0, 200).toWellFormed()}.`
}

/** One name with what it holds, and under `:@` its attributes. */
type ParsedNode = Readonly<Record<string, unknown>>

function nameOf(node: ParsedNode): string | undefined {
  return Object.keys(node).find((key) => key !== ':@')
}

function elementOf(node: ParsedNode, parent: string, position = ''): XmlElement {
  const key = nameOf(node) ?? ''
  const content = (node[key] ?? []) as readonly ParsedNode[]
  const place = `${parent}/${localName(key)}${position}`
  const elements = content.filter((each) => !(nameOf(each) ?? '#').startsWith('#'))
  const counts = new Map<string, number>()
  for (const each of elements) counts.set(nameOf(each) ?? '', (counts.get(nameOf(each) ?? '') ?? 0) + 1)
  const seen = new Map<string, number>()
  const children = elements.map((each) => {
    const name = nameOf(each) ?? ''
    const index = (seen.get(name) ?? 0) + 1
    seen.set(name, index)
    return elementOf(each, place, (counts.get(name) ?? 0) > 1 ? `[${index}]` : '')
  })
  return { name: localName(key), attributes: attributesOf(node), children, text: textOf(content), place }
}

function attributesOf(node: ParsedNode): ReadonlyMap<string, string> {
  const given = Object.entries((node[':@'] ?? {}) as Readonly<Record<string, unknown>>)
  return new Map(given.map(([name, value]) => [name, decoded(String(value))]))
}

function textOf(content: readonly ParsedNode[]): string {
  return content
    .map((each) => {
      if ('#text' in each) return decoded(String(each['#text']))
      const [inner] = (each['#cdata'] ?? []) as readonly ParsedNode[]
      return inner === undefined ? '' : String(inner['#text'] ?? '')
    })
    .join('')
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1)
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

function decoded(text: string): string {
  if (!text.includes('&')) return text
  return text.replace(/&(#x[0-9a-fA-F]{1,6}|#[0-9]{1,7}|[a-zA-Z]{1,20});/g, (_whole, name: string) => {
    if (!name.startsWith('#')) {
      const character = Object.hasOwn(ENTITIES, name) ? ENTITIES[name] : undefined
      if (character === undefined) throw new Error(`there is no entity &${name};`)
      return character
    }
    const code = name.startsWith('#x') ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1))
    if (code === 0 || code > 0x10ffff) throw new Error(`there is no character &${name};`)
    return String.fromCodePoint(code)
  })
}

/** The children of an element that have a name. */
export function childrenOf(element: XmlElement, ...names: readonly string[]): XmlElement[] {
  return element.children.filter(({ name }) => names.includes(name))
}

/** The first child of an element that has a name. */
export function childOf(element: XmlElement, name: string): XmlElement | undefined {
  return element.children.find((each) => each.name === name)
}

/**
 * A number as XML Schema writes it; undefined for anything else, and for one that is not finite.
 */
export function numberOf(text: string | undefined): number | undefined {
  if (text === undefined || !/^\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*$/.test(text)) return undefined
  const value = Number(text)
  return Number.isFinite(value) ? value : undefined
}

/** An element to be written. */
export function node(name: string, attributes: XmlNode['attributes'] = {}, content: XmlNode['content'] = []): XmlNode {
  return { name, attributes, content }
}

/** The text of a document in UTF-8, indented; the same for the same element, byte for byte. */
export function writeXml(root: XmlNode): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${lines(root, '').join('\n')}\n`
}

function lines({ name, attributes, content }: XmlNode, indent: string): string[] {
  const start = [name]
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== undefined) start.push(`${key}="${encoded(String(value)).replaceAll('"', '&quot;')}"`)
  }
  const tag = start.join(' ')
  if (content.length === 0) return [`${indent}<${tag}/>`]
  if (typeof content === 'string') return [`${indent}<${tag}>${encoded(content)}</${name}>`]
  return [`${indent}<${tag}>`, ...content.flatMap((each) => lines(each, `${indent}  `)), `${indent}</${name}>`]
}

/**
 * What XML cannot carry at all is replaced; line ends and tabs are kept from being taken for
 * spaces.
 */
function encoded(text: string): string {
  return text
    .toWellFormed()
    .replace(/[&<>]/g, (character) => ENCODED[character] ?? character)
    .replace(/[\t\n\r\u007f-\u009f\u2028\u2029]/g, (character) => `&#${character.charCodeAt(0)};`)
    .replace(/[\p{Cc}\ufffe\uffff]/gu, '\ufffd')
}

const ENCODED: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' }
