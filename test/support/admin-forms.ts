/**
 * Forms of the admin as a browser without scripts sees and sends them: what a page holds is read, changed by hand, and sent whole.
 * @module
 */

import type { BaseUser } from '../../src/accounts/base-user.js'
import { LogEntry } from '../../src/accounts/django-apps.js'
import type { AdminSite } from '../../src/site-admin.js'
import { createClient, createFactories, type TestClient } from '../../src/testing.js'
import type { Customer, Shop } from './shop.js'

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" }
const ELEMENT = /<(input|button)\b([^>]*)>|<select\b([^>]*)>([\s\S]*?)<\/select>|<textarea\b([^>]*)>([\s\S]*?)<\/textarea>/g

/** A form, filled in. */
export class PageForm {
  readonly action: string
  #fields: [name: string, value: string | File][]
  /** Names and values of the buttons, which are sent only when pressed. */
  readonly buttons: readonly (readonly [name: string, value: string])[]

  constructor(action: string, fields: [string, string][], buttons: readonly (readonly [string, string])[]) {
    this.action = action
    this.#fields = fields
    this.buttons = buttons
  }

  /** The first value under a name; undefined where there is none. */
  get(name: string): string | undefined {
    const value = this.#fields.find(([one]) => one === name)?.[1]
    return typeof value === 'string' ? value : undefined
  }

  all(name: string): string[] {
    return this.#fields.filter(([one]) => one === name).map(([, value]) => String(value))
  }

  get names(): string[] {
    return [...new Set(this.#fields.map(([name]) => name))]
  }

  /** Puts values in the place of what is there. */
  set(name: string, ...values: (string | File)[]): this {
    this.#fields = [...this.#fields.filter(([one]) => one !== name), ...values.map((value): [string, string | File] => [name, value])]
    return this
  }

  /** Sends it with a button pressed. */
  async send(client: Pick<TestClient<BaseUser>, 'post'>, button = '_save', value = '1'): Promise<Response> {
    const formData = new FormData()
    for (const [name, one] of [...this.#fields, [button, value] as const]) formData.append(name, one)
    return client.post(this.action, { formData })
  }
}

/** The form of a page of an object. */
export function formIn(html: string): PageForm {
  const start = html.indexOf('<form class="pa-form"')
  if (start < 0) throw new Error('There is no form on this page.')
  return readForm(html.slice(start, html.indexOf('</form>', start)))
}

/** The form of any admin's page that has a control of this name. It is sent to `path` if it does not say where to. */
export function formHolding(html: string, name: string, path: string): PageForm {
  const [found] = Array.from(html.matchAll(/<form\b[\s\S]*?<\/form>/g), ([text]) => text).filter((one) => one.includes(`name="${name}"`))
  if (found === undefined) throw new Error(`No form with “${name}” is on this page: ${textIn(html).slice(0, 600)}`)
  return readForm(found, path)
}

function readForm(form: string, path = ''): PageForm {
  const text = form.replaceAll(/<template[\s\S]*?<\/template>/g, '')
  const { fields, buttons } = controlsIn(text)
  const address = new URL(unescaped(/^[^>]*\saction="([^"]*)"/.exec(text)?.[1] ?? ''), new URL(path, 'http://localhost'))
  return new PageForm(address.pathname + address.search, fields, buttons)
}

/** Names and values of what stands in a form, as a browser sends it; and its buttons. */
export function controlsIn(text: string): { readonly fields: [string, string][]; readonly buttons: [string, string][] } {
  const fields: [string, string][] = []
  const buttons: [string, string][] = []
  for (const [, tag, plain = '', select, options = '', area, content = ''] of text.matchAll(ELEMENT)) {
    const attributes = attributesOf(plain || select || area || '')
    const { name } = attributes
    if (name === undefined) continue
    if (tag === 'button' || attributes['type'] === 'submit') buttons.push([name, attributes['value'] ?? ''])
    else if (area !== undefined) fields.push([name, unescaped(content).replace(/^\n/, '')])
    else if (select !== undefined) {
      const all = [...options.matchAll(/<option\b([^>]*)>/g)].map(([, one = '']) => attributesOf(one))
      const chosen = all.filter((one) => one['selected'] !== undefined)
      const first = 'multiple' in attributesOf(select) ? [] : all.slice(0, 1)
      for (const one of chosen.length > 0 ? chosen : first) fields.push([name, one['value'] ?? ''])
    } else if (attributes['type'] === 'checkbox' || attributes['type'] === 'radio') {
      if (attributes['checked'] !== undefined) fields.push([name, attributes['value'] ?? 'on'])
    } else if (attributes['type'] !== 'file') fields.push([name, attributes['value'] ?? ''])
  }
  return { fields, buttons }
}

/** What is written on a page, without its tags. */
export function textIn(html: string): string {
  return unescaped(html.replaceAll(/<(?:script|style|template)[\s\S]*?<\/(?:script|style|template)>/g, ' ').replaceAll(/<[^>]*>/g, ' ')).replaceAll(
    /\s+/g,
    ' ',
  )
}

function attributesOf(text: string): Record<string, string | undefined> {
  return Object.fromEntries(Array.from(text.matchAll(/([a-z-]+)(?:="([^"]*)")?/g), ([, name = '', value = '']) => [name, unescaped(value)]))
}

function unescaped(text: string): string {
  return text.replaceAll(/&(amp|lt|gt|quot|#39);/g, (whole, name: string) => ENTITIES[name] ?? whole)
}

/** Makes visitors to an admin: staff with exactly these permissions, logged in. */
export function visitorsOf(
  shop: Shop,
  admin: () => AdminSite,
): (...permissions: readonly string[]) => Promise<TestClient<Customer> & { readonly user: Customer }> {
  return async (...permissions) => {
    const user = await createFactories(shop).user({ isStaff: true })
    if (permissions.length > 0) await user.userPermissions.add(...(permissions as readonly never[]))
    const client = createClient(shop, (request) => admin().fetch(request))
    await client.loginAs(user as never)
    return Object.assign(client as unknown as TestClient<Customer>, { user: user as unknown as Customer })
  }
}

/** The text of an answer of this status; its text is in the message where it has another. */
export async function pageOf(response: Response, status = 200): Promise<string> {
  const text = await response.text()
  if (response.status !== status)
    throw new Error(`${response.status} instead of ${status}, to ${response.headers.get('location')}: ${textIn(text).slice(0, 600)}`)
  return text
}

/** The last thing that was noted of an object. */
export async function lastNote(shop: Shop, key: unknown): Promise<LogEntry> {
  const [entry] = await shop.objects(LogEntry).filter({ objectId: String(key) } as never, { orderBy: ['-id'], limit: 1 } as never)
  if (entry === undefined) throw new Error(`Nothing is noted of ${String(key)}.`)
  return entry
}

/** What a piece of work asks the database. */
export async function statementsOf(shop: Shop, work: () => Promise<unknown>): Promise<readonly string[]> {
  const statements: string[] = []
  const stop = shop.internals.registry.database.onStatement((text) => void statements.push(text))
  try {
    await work()
  } finally {
    stop()
  }
  return statements
}
