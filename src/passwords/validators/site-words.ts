/**
 * A password is not the name of the site it is for, nor that name with a year behind it (ASVS 6.2.11).
 * @module
 */

import { problem, type Problem } from '../../base/errors.js'
import { messageFor, type Catalogue } from '../../base/messages.js'
import { lower, splitWords } from '../../base/text.js'
import { similarity } from './similarity.js'
import type { PasswordValidator } from './validator.js'

/** As close as to what is known of the owner. */
const TOO_CLOSE = 0.7
/** Shorter words are in every password: of `the.shop.example` only `example` counts by itself, and the whole. */
const SHORTEST = 5

/**
 * Refuses passwords that share most of their letters, in any order, with a word of the site: its name, its host, the product.
 *
 * @example
 * new SiteWordsValidator(['Harbour Shop', 'shop.example'])
 */
export class SiteWordsValidator implements PasswordValidator {
  /** What passwords are compared with, in lower case. */
  readonly words: readonly string[]

  constructor(words: readonly string[]) {
    const whole = words.map(lower)
    const parts = whole.flatMap((one) => splitWords(one))
    this.words = [...new Set([...whole, ...whole.map((one) => one.replaceAll(/\s+/g, '')), ...parts])].filter((one) => one.length >= SHORTEST)
  }

  validate(password: string): Problem | null {
    const text = lower(password)
    return this.words.some((word) => similarity(text, word) >= TOO_CLOSE) ? problem('password_too_similar.site') : null
  }

  helpText(translation?: Catalogue): string {
    return messageFor('help.password_too_similar.site', {}, translation)
  }
}
