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
      throw new ImproperlyConfigured(
        `maxSimilarity is ${this.maxSimilarity}. Below ${LEAST_SIMILARITY} almost every password would be refused; Django takes 0.7.`,
      )
    }
  }

  validate(password: string, context: PasswordContext): Problem | null {
    if (context.user === null) return null
    // Counted once: a property may be long, and each of its words is compared (C11).
    const letters = lettersOf(lower(password))
    for (const attribute of this.userAttributes) {
      const value: unknown = Reflect.get(context.user, attribute)
      if (typeof value !== 'string' || value === '') continue
      const whole = lower(value)
      if ([...splitWords(whole), whole].some((part) => this.#isTooClose(letters, part))) {
        return problem('password_too_similar', { attribute: context.labels[attribute] ?? labelOf(attribute) })
      }
    }
    return null
  }

  helpText(translation?: Catalogue): string {
    return messageFor('help.password_too_similar', {}, translation)
  }

  #isTooClose(password: Letters, part: string): boolean {
    const length = codePointLength(part)
    if (isNegligible(password.length, length, this.maxSimilarity)) return false
    // Often the lengths alone say that it cannot be.
    const total = password.length + length
    return ratio(Math.min(password.length, length), total) >= this.maxSimilarity && ratio(countShared(password, part), total) >= this.maxSimilarity
  }
}

/**
 * How much two texts share: twice the letters they have in common, in any order, over all their letters. Two empty ones are the same.
 *
 * @example
 * similarity('testclient', 'tneilctset')   // 1
 */
export function similarity(a: string, b: string): number {
  const letters = lettersOf(a)
  return ratio(countShared(letters, b), letters.length + codePointLength(b))
}

/** A text as how many it has of each letter. */
interface Letters {
  readonly counts: ReadonlyMap<string, number>
  readonly length: number
}

function lettersOf(text: string): Letters {
  const counts = new Map<string, number>()
  let length = 0
  for (const letter of text) {
    counts.set(letter, (counts.get(letter) ?? 0) + 1)
    length++
  }
  return { counts, length }
}

function countShared(letters: Letters, text: string): number {
  const used = new Map<string, number>()
  let shared = 0
  for (const letter of text) {
    const before = used.get(letter) ?? 0
    if (before < (letters.counts.get(letter) ?? 0)) shared++
    used.set(letter, before + 1)
  }
  return shared
}

function ratio(shared: number, total: number): number {
  return total === 0 ? 1 : (2 * shared) / total
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
