/**
 * The secret key: what everything signed rests on. A site without one does not start; a weak one is reported.
 * @module
 */

import { ImproperlyConfigured } from '../base/errors.js'
import { Secret } from '../base/secret.js'
import type { SystemCheck } from './checks.js'

/** Django's limits for a key worth the name (security.W009). */
const SHORTEST = 50
const FEWEST_DISTINCT = 5
/** What Django's project template puts before the key it generates. */
const INSECURE_PREFIX = 'django-insecure-'

/**
 * The keys as the site keeps them: wrapped, the current one first. An empty one is refused: everything signed with it could be forged.
 *
 * @throws ImproperlyConfigured
 */
export function readSecretKeys(secretKey: string | Secret<string> | undefined, fallbacks: readonly (string | Secret<string>)[] = []): readonly [Secret<string>, ...Secret<string>[]] {
  const remedy = 'Pass at least 50 random characters from the environment; `npx portcullis generate-secret` prints some.'
  if (secretKey === undefined) throw new ImproperlyConfigured(`secretKey is missing. ${remedy}`)
  const [current, ...retired] = [secretKey, ...fallbacks].map((key) => (key instanceof Secret ? key : new Secret(key)))
  for (const [index, key] of [current, ...retired].entries()) {
    const name = index === 0 ? 'secretKey' : `secretKeyFallbacks[${index - 1}]`
    if (typeof key?.reveal() !== 'string' || key.reveal() === '') throw new ImproperlyConfigured(`${name} is empty. ${index === 0 ? remedy : 'Leave it out.'}`)
  }
  return [current as Secret<string>, ...retired]
}

/** Reports keys that are short, monotonous, or Django's placeholder (security.W009, W025). */
export function checkSecretKeys(keys: readonly Secret<string>[]): SystemCheck[] {
  return keys.flatMap((key, index) => {
    const text = key.reveal()
    if (text.length >= SHORTEST && new Set(text).size >= FEWEST_DISTINCT && !text.startsWith(INSECURE_PREFIX)) return []
    const subject = index === 0 ? 'secretKey' : `secretKeyFallbacks[${index - 1}]`
    return [{
      id: index === 0 ? 'security.W009' : 'security.W025',
      level: 'warning' as const,
      subject,
      message: `${subject} has fewer than ${SHORTEST} characters, fewer than ${FEWEST_DISTINCT} different ones, or begins with “${INSECURE_PREFIX}”: what it signs can be guessed.`,
      hint: 'Make one with `npx portcullis generate-secret` and keep the old one in secretKeyFallbacks until its signatures have run out.',
    }]
  })
}
