/**
 * The site's secret key, and the retired ones that are still believed for a while.
 * @module
 */

import { ImproperlyConfigured } from '../base/errors.js'
import { Secret } from '../base/secret.js'
import { hasLoneSurrogate } from '../base/text.js'

/** A secret as text, wrapped or not. */
export type SecretText = string | Secret<string>

/** Returns the text of a secret. */
export function revealed(secret: SecretText): string {
  return typeof secret === 'string' ? secret : secret.reveal()
}

/**
 * A key with its fallbacks: the current key makes signatures, any of them checks one.
 * To change a key, put the old one among the fallbacks, and take it away when everything it signed has expired.
 *
 * @example
 * const keys = new Keys(newKey, [keyOfLastYear])
 */
export class Keys {
  readonly current: Secret<string>
  readonly fallbacks: readonly Secret<string>[]

  constructor(current: SecretText, fallbacks: readonly SecretText[] = []) {
    this.current = checked(current, 'secretKey')
    this.fallbacks = fallbacks.map((key) => checked(key, 'secretKeyFallbacks'))
  }

  /** Takes either form in which a function is given keys: the site's `Keys`, or a key by itself. */
  static from(keys: Keys | SecretText): Keys {
    return keys instanceof Keys ? keys : new Keys(keys)
  }

  /** The current key, then the fallbacks in order. */
  get all(): readonly Secret<string>[] {
    return [this.current, ...this.fallbacks]
  }

  /** The same keys with `prefix` before each: keys of their own for one use. */
  prefixed(prefix: string): Keys {
    const before = (key: Secret<string>): string => prefix + key.reveal()
    return new Keys(before(this.current), this.fallbacks.map(before))
  }
}

function checked(key: SecretText, setting: string): Secret<string> {
  const text: unknown = typeof key === 'string' || key instanceof Secret ? revealed(key) : ''
  if (typeof text !== 'string' || text === '') {
    throw new ImproperlyConfigured(`${setting}: a key is empty. Pass at least 50 random characters; \`npx portcullis generate-secret\` prints some.`)
  }
  if (hasLoneSurrogate(text)) throw new ImproperlyConfigured(`${setting}: a key cannot be written as UTF-8. Use letters, digits and signs.`)
  return new Secret(text)
}
