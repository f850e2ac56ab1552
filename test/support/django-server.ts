/**
 * A Django that answers requests, with a shell beside it: one process of Django's own server (test/django/project/server.py), so that a
 * test asks many things and pays for starting it once.
 * @module
 */

import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

/** A running Django. */
export interface DjangoServer {
  /** Where it answers, such as `http://127.0.0.1:41234`. */
  readonly origin: string
  /** Runs a script in a Django shell of that process, with `given`; what it hands to `answer()` comes back. */
  shell<T = void>(script: string, given?: unknown): Promise<T>
  stop(): Promise<void>
}

/** What starts it. */
export interface DjangoServerParts {
  readonly python: string
  readonly project: string
  readonly folder: string
  readonly environment: NodeJS.ProcessEnv
}

interface Reply {
  readonly port?: number
  readonly value?: unknown
  readonly error?: string
}

/** Starts it, and waits until it answers. */
export async function startDjangoServer({ python, project, folder, environment }: DjangoServerParts): Promise<DjangoServer> {
  const child = spawn(python, ['-W', 'ignore', join(project, 'server.py')], { cwd: folder, env: environment, stdio: ['pipe', 'pipe', 'pipe'] })
  let complaints = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaints = (complaints + text).slice(-4000)
  })
  const waiting: PromiseWithResolvers<Reply>[] = []
  const reply = (): Promise<Reply> => {
    const coming = Promise.withResolvers<Reply>()
    waiting.push(coming)
    return coming.promise
  }
  // One line each, in the order of the questions.
  createInterface({ input: child.stdout }).on('line', (line) => waiting.shift()?.resolve(JSON.parse(line) as Reply))
  const ended = new Promise<void>((resolve) => {
    child.on('close', () => {
      for (const one of waiting.splice(0)) one.reject(new Error(`The Django server has ended.\n${complaints}`))
      resolve()
    })
  })
  const { port } = await reply()
  return {
    origin: `http://127.0.0.1:${port}`,
    async shell<T>(script: string, given: unknown = null): Promise<T> {
      const answered = reply()
      child.stdin.write(`${JSON.stringify({ script, given })}\n`)
      const { value, error } = await answered
      if (error !== undefined) throw new Error(`Django failed:\n${script}\n${error.split('\n').slice(-12).join('\n')}`)
      return value as T
    },
    async stop() {
      child.stdin.end()
      await ended
    },
  }
}
