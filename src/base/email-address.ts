/**
 * What an e-mail address looks like: Django's rule, and its plain (NFKC) spelling must keep the rule too.
 * @module
 */

import { isIPv4, isIPv6 } from 'node:net'

import { problem, type Problem } from './errors.js'
import { isLongerThan, nfkc } from './text.js'

/** The longest address, in characters: 64 before the @ and 255 behind it (RFC 3696). */
export const EMAIL_MAX_LENGTH = 320

// Python matches without regard to case, where ı, İ, ſ and the Kelvin sign pass for ASCII letters; Django accepts them so.
const LETTER = 'A-Za-zıİſ\u212a'
/** What a domain's labels are made of. Line separators and broken surrogates, which Django lets pass, break mail headers. */
const DOMAIN_LETTER = String.raw`A-Za-z\u00a1-\u2027\u202a-\ud7ff\ue000-\uffff`

const ATOM = new RegExp(String.raw`^[-!#$%&'*+/=?^_\x60{}|~0-9${LETTER}]+$`, 'u')
const QUOTED = new RegExp(String.raw`^"(?:[\x01-\x08\x0b\x0c\x0e-\x1f!#-\[\]-\x7f${LETTER}]|\\[\x01-\x09\x0b\x0c\x0e-\x7f${LETTER}])*"$`, 'u')
const LABEL = new RegExp(String.raw`^(?!-)[0-9${DOMAIN_LETTER}\-]{1,63}(?<!-)$`, 'u')
const TOP_LABEL = new RegExp(String.raw`^(?!-)(?:[${DOMAIN_LETTER}\-]{2,63}|[Xx][Nn]--[0-9${LETTER}]{1,59})(?<!-)$`, 'u')
const LITERAL = /^\[([0-9A-Fa-f:.]{1,39})\]$/

/**
 * Tells whether the text is one e-mail address. Every step is linear, and nothing longer than an address is read.
 *
 * @example
 * isEmailAddress('ada@example.com')   // true
 */
export function isEmailAddress(text: string): boolean {
  if (isLongerThan(text, EMAIL_MAX_LENGTH) || !isAddress(text)) return false
  // `ada@bank.test＠evil.test` has one @ here and two for a mail server that normalises.
  const plain = nfkc(text)
  return plain === text || (plain !== null && !isLongerThan(plain, EMAIL_MAX_LENGTH) && isAddress(plain))
}

/**
 * Checks an e-mail address for a field: null, or the problem `invalid`.
 *
 * @example
 * const wrong = validateEmail('ada@example')   // { code: 'invalid', … }
 */
export function validateEmail(text: string): Problem | null {
  return isEmailAddress(text) ? null : problem('invalid.email')
}

function isAddress(text: string): boolean {
  const at = text.lastIndexOf('@')
  return at > 0 && isLocalPart(text.slice(0, at)) && isDomain(text.slice(at + 1))
}

function isLocalPart(local: string): boolean {
  return local.startsWith('"') ? QUOTED.test(local) : local.split('.').every((atom) => ATOM.test(atom))
}

function isDomain(domain: string): boolean {
  if (domain === 'localhost') return true
  const literal = LITERAL.exec(domain)?.[1]
  if (literal !== undefined) return isIPv4(literal) || isIPv6(literal)
  const labels = domain.split('.')
  const top = labels.pop() ?? ''
  return labels.length > 0 && labels.every((label) => LABEL.test(label)) && TOP_LABEL.test(top)
}
