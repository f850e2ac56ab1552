/**
 * Errors of the machine that pass by themselves or by somebody's help: a server that does not answer, a disk without room. Whoever asked can
 * only come again.
 * @module
 */

/** By Node's names: a connection that ended, perhaps with a question on its way. */
const LOST = new Set(['ECONNRESET', 'ECONNABORTED', 'EPIPE', 'ETIMEDOUT'])

/** No connection was made. A name that is not found may be wrongly written; far more often the server of names is away. */
const UNREACHED = new Set(['ECONNREFUSED', 'EHOSTUNREACH', 'EHOSTDOWN', 'ENETUNREACH', 'ENETDOWN', 'EADDRNOTAVAIL', 'EAI_AGAIN', 'ENOTFOUND'])

/** No room, no quota, nothing may be written, the disk fails, or this process has all the files open that it may. */
const STORAGE = new Set(['ENOSPC', 'EDQUOT', 'EROFS', 'EIO', 'EMFILE', 'ENFILE', 'EBUSY', 'ESTALE'])

/** Tells whether an error says that what was asked is away or full, and not that the question was wrong. */
export function isOutage(error: unknown): boolean {
  // One error for each address that was tried, and none of its own.
  if (error instanceof AggregateError && error.errors.length > 0) return error.errors.every(isOutage)
  const { code, syscall } = Object(error) as { code?: unknown; syscall?: unknown }
  if (typeof code !== 'string') return false
  // The socket file of a server that is not running.
  return LOST.has(code) || UNREACHED.has(code) || STORAGE.has(code) || (code === 'ENOENT' && syscall === 'connect')
}

/** Tells whether a connection ended that was there. */
export function isLostConnection(error: unknown): boolean {
  const { code, syscall } = Object(error) as { code?: unknown; syscall?: unknown }
  return typeof code === 'string' && LOST.has(code) && syscall !== 'connect'
}

/** What an error says. A refused connection may be an `AggregateError` without words of its own. */
export function wordsOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return [...new Set(error.errors.map(wordsOf))].join('; ')
  return error instanceof Error ? error.message : String(error)
}
