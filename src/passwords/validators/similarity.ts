/**
 * A password is not close to what is known of its owner.
 * @module
 */

import { ImproperlyConfigured, problem, type Problem } from '../../base/errors.js'
import { messageFor, type Catalogue, type MessageKey } from '../../base/messages.js'
import { codePointLength, lower, splitWords } from '../../base/text.js'
import type { PasswordContext, PasswordValidator } from './validator.js'

/** Django's four, in its order: the first that is too close names itself. */
const DEFAULT_ATTRIBUTES = ['username', 'firstName', 'lastName', 'email'] as const

/** Django's. */
const DEFAULT_SIMILARITY = 0.7
const LEAST_SIMILARITY = 0.1

/** Options of `UserAttributeSimilarityValidator`. */
export interface SimilarityOptions {
  /** The properties of the user to compare with. */
  readonly userAttributes?: readonly string[]
  /** How close is too close: 1 is the same letters, 0.1 the least that may be asked for. */
  readonly maxSimilarity?: number
}

/**
 * Refuses passwords that share most of their letters, in any order, with one of the user's properties or a word in it.
 *
 * @example
 * new UserAttributeSimilarityValidator({ userAttributes: ['username', 'email', 'phone'] })
 */
export class UserAttributeSimilarityValidator implements PasswordValidator {
  readonly userAttributes: readonly string[]
  readonly maxSimilarity: number

  constructor(options: SimilarityOptions = {}) {
    this.userAttributes = options.userAttributes ?? DEFAULT_ATTRIBUTES
    this.maxSimilarity = options.maxSimilarity ?? DEFAULT_SIMILARITY
    if (!(this.maxSimilarity >= LEAST_SIMILARITY)) {
      throw new ImproperlyConfigured(`maxSimilarity is ${this.maxSimilarity}. Below ${LEAST_SIMILARITY} almost every password would be refused; Django takes 0.7.`)
    }
  }

  validate(password: string, context: PasswordContext): Problem | null {
    if (context.user === null) return null
    const lowered = lower(password)
    const length = codePointLength(lowered)
    for (const attribute of this.userAttributes) {
      const value: unknown = Reflect.get(context.user, attribute)
      if (typeof value !== 'string' || value === '') continue
      const whole = lower(value)
      if ([...splitWords(whole), whole].some((part) => this.#isTooClose(lowered, length, part))) return problem('password_too_similar', { attribute: context.labels[attribute] ?? labelOf(attribute) })
    }
    return null
  }

  helpText(translation?: Catalogue): string {
    return messageFor('help.password_too_similar', {}, translation)
  }

  #isTooClose(password: string, length: number, part: string): boolean {
    const partLength = codePointLength(part)
    if (isNegligible(length, partLength, this.maxSimilarity)) return false
    // The lengths alone may say that it cannot be, and then a very long value need not be counted letter by letter (C11).
    return bestSimilarity(length, partLength) >= this.maxSimilarity && similarity(password, part) >= this.maxSimilarity
  }
}

/**
 * How much two texts share: twice the letters they have in common, in any order, over all their letters. Two empty ones are the same.
 *
 * @example
 * similarity('testclient', 'tneilctset')   // 1
 */
export function similarity(a: string, b: string): number {
  const total = codePointLength(a) + codePointLength(b)
  if (total === 0) return 1
  const left = new Map<string, number>()
  for (const letter of b) left.set(letter, (left.get(letter) ?? 0) + 1)
  let shared = 0
  for (const letter of a) {
    const count = left.get(letter) ?? 0
    if (count > 0) shared++
    left.set(letter, count - 1)
  }
  return (2 * shared) / total
}

/** What `similarity` could be at most for two lengths. */
function bestSimilarity(a: number, b: number): number {
  return a + b === 0 ? 1 : (2 * Math.min(a, b)) / (a + b)
}

/** Django leaves a value out that is ten times shorter than the password and could not matter: a name of three letters in a long passphrase. */
function isNegligible(passwordLength: number, valueLength: number, maxSimilarity: number): boolean {
  return passwordLength >= 10 * valueLength && valueLength < (maxSimilarity / 2) * passwordLength
}

/** What people call a property: from the catalogue, else its name in words. */
function labelOf(attribute: string): string {
  const key = `attribute.${attribute}`
  return isKnown(key) ? messageFor(key) : attribute.replaceAll(/(?<=[a-z0-9])[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`) // rule: case-table: a property's name is ASCII
}

function isKnown(key: string): key is MessageKey {
  return DEFAULT_ATTRIBUTES.some((attribute) => key === `attribute.${attribute}`)
}
