/**
 * The demonstration as `npm start` runs it: a process of its own on a free port, with a database of its own. What it prints is its mailbox.
 * @module
 */

import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { Visitor } from './visitor.js'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))

/** What runs an example: it sees the sources under the package's name, as the tests do. */
export const EXAMPLE_FLAGS: readonly string[] = [
  '--disable-warning=ExperimentalWarning',
  '--conditions=portcullis-source',
  '--import',
  join(ROOT, 'test/support/typescript.mjs'),
]

/** The program that `npm start` runs. */
export const START: string = join(ROOT, 'examples/start.ts')

/** The password of ada and grace. */
export const SEEDED_PASSWORD = 'an example has no secrets'
/** One that no rule minds. */
export const PASSWORD = 'seven mugs of cold tea'
/** Another. */
export const OTHER_PASSWORD = 'nine cups of hot coffee'

/** However a test run ends, no shop stays behind: the channel to it closes. */
const END_WITH_PARENT = 'data:text/javascript,process.once("disconnect", () => process.exit()); process.channel.unref()'

/** How long a busy machine may take, in milliseconds. */
const PATIENCE = 60_000

/** How a process ended, with all it printed. */
export interface ShopEnd {
  readonly exitCode: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

/** A running shop. */
export interface Shop {
  readonly origin: string
  /** What it printed until now. */
  readonly printed: () => string
  /** Waits for a mail to this address, newer than those asked for before, and gives its text. */
  mailTo(address: string): Promise<string>
  /** Somebody new at a browser without scripts. */
  visitor(userAgent?: string): Visitor
  /** Somebody who has signed up and is logged in. */
  newcomer(username: string, userAgent?: string): Promise<Visitor>
  /** Somebody known, logged in. */
  member(username: string, options?: { readonly password?: string; readonly userAgent?: string }): Promise<Visitor>
  readonly pid: number
  /** Sends a signal, waits for the end, and removes the files if they are the shop's own. */
  close(signal?: NodeJS.Signals): Promise<ShopEnd>
}

/** Opens a shop. With a folder, its database is kept there. */
export async function openShop({
  folder,
  env = {},
}: { readonly folder?: string; readonly env?: Readonly<Record<string, string>> } = {}): Promise<Shop> {
  const path = folder ?? mkdtempSync(join(tmpdir(), 'portcullis-shop-'))
  const child = spawn(process.execPath, [...EXAMPLE_FLAGS, '--import', END_WITH_PARENT, START], {
    cwd: ROOT,
    env: { ...shopEnvironment(path), PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  const output = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (text: string) => {
      output[name] += text
    })
  }
  const ended = new Promise<ShopEnd>((resolve) => child.once('close', (exitCode, signal) => resolve({ exitCode, signal, ...output })))
  const origin = await until(() => /The shop is open: (http:\S+?)\/\s/.exec(output.stdout)?.[1], ended)
  const mails = new Map<string, number>()
  const visitor = (userAgent?: string): Visitor =>
    new Visitor(async (request) => {
      if (userAgent !== undefined) request.headers.set('user-agent', userAgent)
      return fetch(request)
    }, origin)
  const shop: Shop = {
    origin,
    pid: child.pid ?? 0,
    printed: () => output.stdout,
    async mailTo(address) {
      const seen = mails.get(address) ?? 0
      const all = await until(() => {
        const found = mailsIn(output.stdout).filter((mail) => mail.includes(`\nTo: ${address}\n`) || mail.includes(` <${address}>\n`))
        return found.length > seen ? found : undefined
      }, ended)
      mails.set(address, all.length)
      return all.at(-1) ?? ''
    },
    visitor,
    async newcomer(username, userAgent) {
      const someone = visitor(userAgent)
      await someone.getJson('/accounts/register/')
      const response = await someone.postJson('/accounts/register/', {
        username,
        email: `${username}@example.com`,
        password1: PASSWORD,
        password2: PASSWORD,
      })
      if (response.status !== 201) throw new Error(`${username} could not sign up: ${response.status} ${await response.text()}`)
      return someone
    },
    async member(username, { password = PASSWORD, userAgent } = {}) {
      const someone = visitor(userAgent)
      await someone.getJson('/accounts/login/')
      const response = await someone.postJson('/accounts/login/', { username, password })
      if (response.status !== 200) throw new Error(`${username} could not log in: ${response.status} ${await response.text()}`)
      return someone
    },
    async close(signal = 'SIGINT') {
      child.kill(signal)
      const end = await ended
      if (folder === undefined) rmSync(path, { recursive: true, force: true })
      return end
    },
  }
  return shop
}

/** The environment of a shop whose files are in `folder`: only what a process needs. */
export function shopEnvironment(folder: string): Record<string, string> {
  const { PATH = '', HOME = '' } = process.env
  return { PATH, HOME, NO_COLOR: '1', SHOP_DATABASE: join(folder, 'shop.db') }
}

/** The link in a mail, as a path. */
export function linkIn(mail: string): string {
  const link = /https?:\/\/[^\s<>"]+/.exec(mail)?.[0]
  if (link === undefined) throw new Error(`There is no link in this mail:\n${mail}`)
  return link
}

/** Mails as the console shows them: between two rules. */
function mailsIn(text: string): string[] {
  return Array.from(text.matchAll(/─{72}(\nFrom: [\s\S]*?)\n─{72}/g), ([, mail = '']) => `${mail}\n`)
}

async function until<T>(look: () => T | undefined, ended: Promise<ShopEnd>): Promise<T> {
  let end: ShopEnd | undefined
  void ended.then((one) => (end = one))
  for (const deadline = Date.now() + PATIENCE; Date.now() < deadline; await wait(20)) {
    const found = look()
    if (found !== undefined) return found
    if (end !== undefined) throw new Error(`The shop ended with ${end.exitCode ?? end.signal}: ${end.stderr}${end.stdout}`)
  }
  throw new Error('The shop took too long.')
}
