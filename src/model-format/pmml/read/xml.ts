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
const XML_DEPTH_MAX = 100

class Element implements XmlElement {
  /** Its name with its prefix. */
  readonly written: string
  readonly name: string
  readonly attributes: ReadonlyMap<string, string>
  readonly children: Element[] = []
  text = ''
  /** Its number among those of its name, where there are several. */
  position = ''
  readonly #parent: Element | undefined

  constructor(written: string, attributes: ReadonlyMap<string, string>, parent: Element | undefined) {
    this.written = written
    this.name = localName(written)
    this.attributes = attributes
    this.#parent = parent
  }

  get place(): string {
    return `${this.#parent?.place ?? ''}/${this.name}${this.position}`
  }
}

/** What is no XML, or none that is read here. */
class NotXml extends Error {}

/** The root of a document, or a sentence that says why it cannot be read. Never throws. */
export function readXml(text: string): XmlElement | { fault: string } {
  const steps = xmlSteps(text)
  for (let step = steps.next(); ; step = steps.next()) if (step.done) return step.value
}

/** The same, pausing after each stretch of the document. */
export function* xmlSteps(text: string): Generator<void, XmlElement | { fault: string }, void> {
  if (text.length > XML_LENGTH_MAX) return { fault: `The document is longer than ${XML_LENGTH_MAX} characters.` }
  if (/<!(DOCTYPE|ENTITY)/i.test(text)) return { fault: 'A document type is not accepted: remove <!DOCTYPE …>.' }
  try {
    return yield* rootOf(text.replace(/^\ufeff/, '').replace(/\r\n?/g, '\n'))
  } catch (error) {
    if (!(error instanceof NotXml)) throw error
    return {
      fault: `The document is not well-formed XML that can be read here: ${error.message.slice(0, 200).toWellFormed()}.`
    }
  }
}

const NAME = '[A-Za-z_:\\u00c0-\\ufffd][-.\\w:\\u00b7-\\ufffd]*'
const START = new RegExp(`<(${NAME})`, 'y')
const ATTRIBUTE = new RegExp(`\\s+(${NAME})\\s*=\\s*(?:"([^"<]*)"|'([^'<]*)')`, 'y')
const START_END = /\s*\/?>/y
const END = new RegExp(`</(${NAME})\\s*>`, 'y')
/** What stands between `<` and the end of it, and is no element. */
const OTHERS: readonly (readonly [start: string, end: string])[] = [
  ['<!--', '-->'],
  ['<![CDATA[', ']]>'],
  ['<?', '?>']
]
/** Characters that no XML may hold. */
const IMPOSSIBLE = /[\p{Cs}\ufffe\uffff]|(?![\t\n\u007f-\u009f])\p{Cc}/u

/** So many tags are read at a time. */
const STRETCH = 500

function* rootOf(text: string): Generator<void, XmlElement, void> {
  const [odd] = IMPOSSIBLE.exec(text) ?? []
  if (odd !== undefined) throw new NotXml(`it holds the character ${odd.codePointAt(0)}, which XML cannot carry`)
  const reading: Reading = { open: [], root: undefined }
  let at = 0
  for (let tags = 1; ; tags += 1) {
    if (tags % STRETCH === 0) yield
    const next = text.indexOf('<', at)
    addText(reading, decoded(text.slice(at, next < 0 ? text.length : next)), false)
    if (next < 0) break
    const found = markupAt(text, next, reading.open.at(-1))
    at = found.end
    if (found.text !== undefined) addText(reading, found.text, true)
    if (found.element !== undefined) addElement(reading, found.element, found.isClosed === true)
    else if (found.isClosed) count(reading.open.pop()?.children ?? [])
  }
  const { open, root } = reading
  const unclosed = open.at(-1)
  if (unclosed !== undefined) throw new NotXml(`<${unclosed.name}> is not closed`)
  if (root === undefined) throw new NotXml('it has no root')
  return root
}

/** The elements that are open, the innermost last, and the first of all. */
interface Reading {
  readonly open: Element[]
  root: Element | undefined
}

/** Outside of the root there may be space, but no text. */
function addText({ open }: Reading, text: string, isMarked: boolean): void {
  const inside = open.at(-1)
  if (inside !== undefined) inside.text += text
  else if (isMarked ? text !== '' : text.trim() !== '') throw new NotXml('there is text outside of its root')
}

function addElement(reading: Reading, element: Element, isClosed: boolean): void {
  const { open } = reading
  const inside = open.at(-1)
  if (inside === undefined && reading.root !== undefined) throw new NotXml('it has no single root')
  reading.root ??= element
  inside?.children.push(element)
  if (isClosed) return
  open.push(element)
  if (open.length > XML_DEPTH_MAX) throw new NotXml(`its elements are nested deeper than ${XML_DEPTH_MAX}`)
}

interface Markup {
  readonly end: number
  readonly element?: Element
  readonly isClosed?: boolean
  readonly text?: string
}

/** What begins at a `<`: an element, the end of one, or something else. */
function markupAt(text: string, at: number, inside: Element | undefined): Markup {
  const start = matchAt(START, text, at)
  if (start !== null) return startAt(text, START.lastIndex, start[1] ?? '', inside)
  const end = matchAt(END, text, at)
  if (end !== null) {
    if (end[1] !== inside?.written) throw new NotXml(`</${end[1]}> closes what is not open`)
    return { end: END.lastIndex, isClosed: true }
  }
  for (const [first, last] of OTHERS) {
    if (!text.startsWith(first, at)) continue
    const close = text.indexOf(last, at + first.length)
    if (close < 0) break
    const held = first === '<![CDATA[' ? text.slice(at + first.length, close) : ''
    return { end: close + last.length, text: held }
  }
  return unreadable(text, at)
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at
  return pattern.exec(text)
}

function unreadable(text: string, at: number): never {
  const line = text.slice(0, at).split('\n').length
  throw new NotXml(`${JSON.stringify(text.slice(at, at + 40))} in line ${line} is neither a tag nor text`)
}

/** An element from behind its name on. */
function startAt(text: string, from: number, written: string, inside: Element | undefined): Markup {
  const attributes = new Map<string, string>()
  let at = from
  for (let found = matchAt(ATTRIBUTE, text, at); found !== null; found = matchAt(ATTRIBUTE, text, at)) {
    const [, key = '', double, single = ''] = found
    if (attributes.has(key)) throw new NotXml(`the attribute ${key} of <${written}> is repeated`)
    attributes.set(key, decoded((double ?? single).replace(/[\t\n]/g, ' ')))
    at = ATTRIBUTE.lastIndex
  }
  const end = matchAt(START_END, text, at)
  if (end === null) return unreadable(text, at)
  return {
    end: START_END.lastIndex,
    element: new Element(written, attributes, inside),
    isClosed: end[0].endsWith('/>')
  }
}

/** Numbers the children that share a name. */
function count(children: readonly Element[]): void {
  if (children.length < 2) return
  const counts = new Map<string, number>()
  for (const { name } of children) counts.set(name, (counts.get(name) ?? 0) + 1)
  const seen = new Map<string, number>()
  for (const child of children) {
    const number = (seen.get(child.name) ?? 0) + 1
    seen.set(child.name, number)
    if ((counts.get(child.name) ?? 0) > 1) child.position = `[${number}]`
  }
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1)
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

/**
 * Text with its references resolved: only those that XML itself defines, so that none can grow.
 */
function decoded(text: string): string {
  if (!text.includes('&')) return text
  return text.replace(/&(?:(#x[0-9a-fA-F]{1,6}|#[0-9]{1,7}|[a-zA-Z]{1,20});)?/g, (_whole, name = '') => {
    if (!name.startsWith('#')) {
      const character = Object.hasOwn(ENTITIES, name) ? ENTITIES[name] : undefined
      if (character === undefined) throw new NotXml(`there is no entity &${name};`)
      return character
    }
    const code = name.startsWith('#x') ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1))
    if (code === 0 || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
      throw new NotXml(`there is no character &${name};`)
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

/**
 * The text of a document in UTF-8, indented as far as a reader follows; the same for the same
 * element, byte for byte.
 */
export function writeXml(root: XmlNode): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${lines(root, '').join('\n')}\n`
}

/** Elements that are nested deeper stand in the line of the one that holds them. */
const INDENT_MAX = 16

function lines(element: XmlNode, indent: string): string[] {
  const { name, content } = element
  if (indent.length > INDENT_MAX || content.length === 0 || typeof content === 'string')
    return [`${indent}${inLine(element)}`]
  return [
    `${indent}<${tagOf(element)}>`,
    ...content.flatMap((each) => lines(each, `${indent}  `)),
    `${indent}</${name}>`
  ]
}

function inLine(element: XmlNode): string {
  const { name, content } = element
  if (content.length === 0) return `<${tagOf(element)}/>`
  const inside = typeof content === 'string' ? encoded(content) : content.map(inLine).join('')
  return `<${tagOf(element)}>${inside}</${name}>`
}

function tagOf({ name, attributes }: XmlNode): string {
  const start = [name]
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== undefined) start.push(`${key}="${encoded(String(value)).replaceAll('"', '&quot;')}"`)
  }
  return start.join(' ')
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
