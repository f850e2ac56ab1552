/**
 * The secret key: what everything signed rests on. A site without one does not start; a weak one is reported.
 * @module
 */

import type { Secret } from '../base/secret.js'
import type { SystemCheck } from './checks.js'

/** Django's limits for a key worth the name (security.W009). */
const SHORTEST = 50
const FEWEST_DISTINCT = 5
/** What Django's project template puts before the key it generates. */
const INSECURE_PREFIX = 'django-insecure-'

/** Reports keys that are short, monotonous, or Django's placeholder (security.W009, W025). */
export function checkSecretKeys(keys: readonly Secret<string>[]): SystemCheck[] {
  return keys.flatMap((key, index) => {
    const text = key.reveal()
    if (text.length >= SHORTEST && new Set(text).size >= FEWEST_DISTINCT && !text.startsWith(INSECURE_PREFIX)) return []
    const subject = index === 0 ? 'secretKey' : `secretKeyFallbacks[${index - 1}]`
    return [
      {
        id: index === 0 ? 'security.W009' : 'security.W025',
        level: 'warning' as const,
        subject,
        message: `${subject} has fewer than ${SHORTEST} characters, fewer than ${FEWEST_DISTINCT} different ones, or begins with “${INSECURE_PREFIX}”: what it signs can be guessed.`,
        hint: 'Make one with `npx portcullis generate-secret` and keep the old one in secretKeyFallbacks until its signatures have run out.',
      },
    ]
  })
}
