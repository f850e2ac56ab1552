/**
 * bcrypt in threads of its own. The one implementation that needs no compiler is JavaScript and would hold up every request; here it holds
 * up a worker. Workers start with the first hash, are used again, and keep no process alive that has nothing else to do.
 * @module
 */

import { createRequire } from 'node:module'
import { Worker } from 'node:worker_threads'
import { ImproperlyConfigured } from '../base/errors.js'

/**
 * What a worker runs. Text and not a file, so that it starts from TypeScript source, from `dist/` and from a bundle alike;
 * the package is loaded from where the main thread found it.
 */
const PROGRAM = `
const { parentPort, workerData } = require('node:worker_threads')
const bcrypt = require(workerData)
parentPort.on('message', ({ password, salt }) => parentPort.postMessage(bcrypt.hashSync(password, salt)))
`

/** Workers with nothing to do. As many exist as hashes ever ran at once, which the hashing pool bounds. */
const idle = new Set<Worker>()

/** Computes bcrypt: `salt` is such as `$2b$12$` and 22 characters, the answer the same and 31 more. */
export async function bcryptInWorker(password: string, salt: string): Promise<string> {
  const [waiting] = idle
  const worker = waiting ?? startBcryptWorker()
  idle.delete(worker)
  worker.ref()
  try {
    return await ask(worker, { password, salt })
  } finally {
    worker.unref()
  }
}

/** Starts a worker. `find` tells where the package is, so that its absence can be tried. */
export function startBcryptWorker(find: () => string = findPackage): Worker {
  let file: string
  try {
    file = find()
  } catch (cause) {
    throw new ImproperlyConfigured('A bcrypt hash needs the package bcryptjs. Run `npm install bcryptjs`.', { cause })
  }
  // Without the process's own flags: a preloaded module or a loader has no business here.
  const worker = new Worker(PROGRAM, { eval: true, workerData: file, execArgv: [] })
  // Whoever waits for an answer hears of an error as well; nobody need hear of one while the worker is idle.
  worker.on('error', () => idle.delete(worker)).on('exit', () => idle.delete(worker))
  return worker
}

function ask(worker: Worker, job: { password: string; salt: string }): Promise<string> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void): void => {
      worker.off('message', onMessage).off('error', onError).off('exit', onExit)
      act()
    }
    const onMessage = (hash: string): void =>
      settle(() => {
        idle.add(worker)
        resolve(hash)
      })
    const onError = (error: unknown): void => settle(() => reject(error))
    const onExit = (): void => settle(() => reject(new Error('A bcrypt worker stopped before it answered.')))
    worker.on('message', onMessage).on('error', onError).on('exit', onExit)
    worker.postMessage(job)
  })
}

function findPackage(): string {
  return createRequire(import.meta.url).resolve('bcryptjs')
}
