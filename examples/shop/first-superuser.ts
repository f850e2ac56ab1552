/**
 * The first superuser: asked for where somebody is at the keyboard, made with a random password where nobody is.
 * @module
 */

import { randomBytes } from 'node:crypto'
import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import { ValidationError } from 'portcullis'
import { auth } from './auth.js'

/** Makes one, where there is none yet. */
export async function firstSuperuser(): Promise<void> {
  if (await auth.users.exists({ isSuperuser: true })) return
  if (process.stdin.isTTY !== true) return make('root', '')
  console.log('\nThere is no superuser yet: somebody who may do everything. Let us make one.')
  const username = await askUntilValid('Username (Enter for “root”): ', async (text) => {
    const name = auth.users.normalizeUsername(text || 'root')
    await auth.users.fullClean({ username: name, password: 'unseen' })
    return name
  })
  await make(username, await askForPassword(username))
}

async function make(username: string, given: string): Promise<void> {
  const password = given || randomBytes(12).toString('base64url')
  await auth.users.createSuperuser({ username, password })
  console.log(`The superuser “${username}” may do everything.${given === '' ? ` The password, shown this once: ${password}` : ''}`)
}

/** Twice, unseen, and one that the site's rules accept; empty for a random one. */
async function askForPassword(username: string): Promise<string> {
  const password = await askUntilValid(
    'Password, unseen while you type (Enter for a random one): ',
    async (text) => {
      if (text !== '') await auth.validatePassword(text, { username })
      return text
    },
    { unseen: true },
  )
  if (password === '' || (await ask('The same again: ', { unseen: true })) === password) return password
  console.log('These were two different ones.')
  return askForPassword(username)
}

/** Asks again for as long as something is wrong with the answer, and says what. */
async function askUntilValid(question: string, read: (text: string) => Promise<string>, how: { readonly unseen?: boolean } = {}): Promise<string> {
  for (;;) {
    try {
      return await read(await ask(question, how))
    } catch (error) {
      if (!(error instanceof ValidationError)) throw error
      console.log(error.messages.join('\n'))
    }
  }
}

/** Asks for a line. Ctrl-C and Ctrl-D throw an `AbortError`. */
async function ask(question: string, { unseen = false } = {}): Promise<string> {
  // Readline would show what is typed; into this, it may.
  const nowhere = new Writable({ write: (_text, _encoding, done) => done() })
  const terminal = createInterface({ input: process.stdin, output: unseen ? nowhere : process.stdout, terminal: true })
  const left = new AbortController()
  terminal.once('SIGINT', () => left.abort()).once('close', () => left.abort())
  if (unseen) process.stdout.write(question)
  try {
    return await terminal.question(unseen ? '' : question, { signal: left.signal })
  } finally {
    terminal.close()
    if (unseen) process.stdout.write('\n')
  }
}
