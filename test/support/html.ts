/**
 * Reads HTML strictly, for tests of what we write: every tag closed, every attribute quoted, nothing raw in texts.
 * @module
 */

/** An element, with all text inside of it. */
export interface HtmlElement {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: readonly HtmlElement[]
  readonly text: string
}

interface Open {
  readonly name: string
  readonly attributes: Record<string, string>
  readonly children: HtmlElement[]
  text: string
}

const TOKEN = /<(\/?)([a-z][a-z0-9]*)((?:\s+[a-z][a-z0-9-]*(?:="[^"<>]*")?)*)\s*>|([^<>]+)/y
const ATTRIBUTE = /([a-z][a-z0-9-]*)(?:="([^"<>]*)")?/g
const VOID = new Set(['input', 'img', 'br'])
const ENTITY = /&(amp|lt|gt|quot|#39);|&/g
const CHARACTERS: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" }

/** Reads a fragment; throws for anything a careful writer would not have written. */
export function readHtml(html: string): HtmlElement {
  const root: Open = { name: '', attributes: {}, children: [], text: '' }
  const stack: Open[] = [root]
  for (let at = 0; at < html.length; at = TOKEN.lastIndex) {
    TOKEN.lastIndex = at
    const token = TOKEN.exec(html)
    if (token === null) throw new Error(`No HTML of ours: ${html.slice(at, at + 60)}`)
    const [, closing, name = '', attributes = '', text] = token
    const top = stack.at(-1) as Open
    if (text !== undefined) for (const one of stack) one.text += unescaped(text)
    else if (closing === '/') {
      if (stack.pop()?.name !== name) throw new Error(`</${name}> closes nothing.`)
    } else {
      const element: Open = { name, attributes: readAttributes(attributes), children: [], text: '' }
      top.children.push(element)
      if (!VOID.has(name)) stack.push(element)
    }
  }
  if (stack.length > 1) throw new Error(`<${stack.at(-1)?.name}> is never closed.`)
  return root
}

/** Every element inside, in the order of the text. */
export function elementsIn(root: HtmlElement): HtmlElement[] {
  return root.children.flatMap((one) => [one, ...elementsIn(one)])
}

/** The elements of this name with these attributes. */
export function findAll(root: HtmlElement, name: string, attributes: Readonly<Record<string, string>> = {}): HtmlElement[] {
  return elementsIn(root).filter((one) => one.name === name && Object.entries(attributes).every(([key, value]) => one.attributes[key] === value))
}

/** The one element of this name with these attributes. */
export function find(root: HtmlElement, name: string, attributes: Readonly<Record<string, string>> = {}): HtmlElement {
  const found = findAll(root, name, attributes)
  const [only] = found
  if (only === undefined || found.length > 1) throw new Error(`${found.length} elements are <${name}> with ${JSON.stringify(attributes)}.`)
  return only
}

function readAttributes(written: string): Record<string, string> {
  const attributes: Record<string, string> = {}
  for (const [, name = '', value = ''] of written.matchAll(ATTRIBUTE)) {
    if (Object.hasOwn(attributes, name)) throw new Error(`The attribute ${name} is there twice.`)
    attributes[name] = unescaped(value)
  }
  return attributes
}

function unescaped(text: string): string {
  return text.replaceAll(ENTITY, (_, name: string | undefined) => {
    const character = name === undefined ? undefined : CHARACTERS[name]
    if (character === undefined) throw new Error(`A raw & in: ${text.slice(0, 60)}`)
    return character
  })
}
