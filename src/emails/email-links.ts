/**
 * Mailed links about addresses: to confirm one, to let one take another's place, to have the old one back. Each is a token for one purpose,
 * one user and one address (D4, G3), checked against what the database says now, every time it is shown.
 * @module
 */

import type { BaseUser } from '../accounts/base-user.js'
import type { ResetLinks } from '../authentication/reset-links.js'
import type { Clock } from '../base/clock.js'
import type { Keys } from '../crypto/keys.js'
import { checkToken, makeToken, type TokenMeaning } from '../crypto/purpose-tokens.js'
import type { AddressPair, EmailChanges } from './email-changes.js'
import { NAMED_TOKEN, type EmailChangeRow } from './email-models.js'
import type { EmailSettings } from './settings.js'
import type { VerifiedEmails } from './verified-emails.js'

/** What a link is for. */
export type EmailLinkKind = 'verify' | 'change' | 'revert'

/** What a link says, checked: a name of its purpose, the user, and the address that is confirmed or put back. */
export type OpenedLink =
  | { readonly kind: 'verify'; readonly user: BaseUser; readonly address: string; readonly nonce: string }
  | { readonly kind: 'change' | 'revert'; readonly user: BaseUser; readonly address: string; readonly row: EmailChangeRow }

/** What links are made of. */
export interface EmailLinkParts {
  readonly keys: Keys
  readonly clock: Clock
  readonly settings: EmailSettings
  readonly resetLinks: ResetLinks
  readonly verified: VerifiedEmails
  readonly changes: EmailChanges
  addressOf(user: BaseUser): string
}

/** The links of a site. */
export class EmailLinks {
  readonly #parts: EmailLinkParts

  constructor(parts: EmailLinkParts) {
    this.#parts = parts
  }

  /** The end of a link to confirm an address, below the account pages. */
  pathToVerify(user: BaseUser, address: string, nonce: string): string {
    return `email/verify/${this.#uid(user)}/${this.#make(verification(user, address, nonce))}/`
  }

  /** The end of a link to let an address take another's place, or to have the old one back. */
  pathTo(kind: 'change' | 'revert', user: BaseUser, publicId: string, pair: AddressPair): string {
    return `email/${kind}/${this.#uid(user)}/${publicId}.${this.#make(exchange(kind, user, publicId, pair))}/`
  }

  /** Finds what a link is about; null where it does not count, for whatever reason. */
  async open(kind: EmailLinkKind, uid: unknown, last: unknown): Promise<OpenedLink | null> {
    const { resetLinks, verified, changes, settings } = this.#parts
    if (typeof last !== 'string') return null
    const user = await resetLinks.find(uid)
    if (user === null) return null
    if (kind === 'verify') {
      const address = this.#parts.addressOf(user)
      const row = await verified.find(user.pk)
      if (address === '' || row === null || row.address !== address || row.verifiedAt !== null || row.nonce === '') return null
      return this.#check(last, verification(user, address, row.nonce), settings.timeout) ? { kind, user, address, nonce: row.nonce } : null
    }
    const [, publicId = '', token = ''] = NAMED_TOKEN.exec(last) ?? []
    const row = publicId === '' ? null : await changes.find(publicId, user.pk)
    if (row === null) return null
    const pair = { from: row.oldAddress, to: row.newAddress }
    const isOpen =
      kind === 'change'
        ? user.isActive && row.changedAt === null && this.#parts.addressOf(user) === pair.from
        : row.changedAt !== null && row.revertedAt === null
    const maxAge = kind === 'change' ? settings.timeout : settings.revertTimeout
    if (!isOpen || !this.#check(token, exchange(kind, user, publicId, pair), maxAge)) return null
    return { kind, user, address: kind === 'change' ? pair.to : pair.from, row }
  }

  #uid(user: BaseUser): string {
    return this.#parts.resetLinks.uidOf(user)
  }

  #make(meaning: TokenMeaning): string {
    return makeToken(this.#parts.keys, meaning, { clock: this.#parts.clock })
  }

  #check(token: string, meaning: TokenMeaning, maxAge: number): boolean {
    return checkToken(this.#parts.keys, token, meaning, { maxAge, clock: this.#parts.clock })
  }
}

function verification(user: BaseUser, address: string, nonce: string): TokenMeaning {
  return { purpose: 'email-verification', subject: String(user.pk), context: [address, nonce] }
}

function exchange(kind: 'change' | 'revert', user: BaseUser, publicId: string, { from, to }: AddressPair): TokenMeaning {
  // A new password, whoever set it, ends what was wanted by those who knew the old one; it must not end the way back from them.
  const password = kind === 'change' ? [user.password] : []
  return { purpose: `email-${kind}`, subject: String(user.pk), context: [publicId, from, to, ...password] }
}
