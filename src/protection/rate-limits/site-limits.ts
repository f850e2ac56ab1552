/**
 * What a site limits by itself: whatever costs it or somebody else something, and may be asked by anybody.
 * @module
 */

import type { CounterStore } from '../lockouts/counter-store.js'
import type { RateLimiter, RateLimitRule, RateLimits } from './rate-limiter.js'

const HOUR = 3600

/** New accounts from one address: a class of pupils may sign up together, a script may not. */
export const REGISTRATION: RateLimitRule = { limit: 30, window: HOUR }
/** Questions for a reset link from one address. */
export const PASSWORD_RESET: RateLimitRule = { limit: 20, window: HOUR }
/** Mails to one address that somebody without a login may cause. What is beyond is answered as ever, and mails nothing. */
export const MAILBOX: RateLimitRule = { limit: 5, window: HOUR }
/** Pictures of one user: each is decoded and written anew, which is work. */
export const UPLOADS: RateLimitRule = { limit: 20, window: HOUR }
/** Downloads by one user of what is held about them: each reads through many tables. */
export const PERSONAL_DATA: RateLimitRule = { limit: 10, window: HOUR }
/** Mails about an address that one account asks for: to prove it, or to change it. */
export const VERIFICATION: RateLimitRule = { limit: 5, window: HOUR }
/** Mailed links that one address opens or uses: nobody can guess one, and nobody shall make the site look at a million. */
export const CONFIRMATION: RateLimitRule = { limit: 60, window: HOUR }
/** Notices of one kind to one address. Whoever makes an account write so many has told its owner long before. */
export const NOTICES: RateLimitRule = { limit: 10, window: 24 * HOUR }

/** What an application may say of the site's own limits. */
export interface RateLimitOptions {
  /** Default: 30 new accounts an hour from one address. */
  readonly registration?: RateLimitRule
  /** Default: 20 questions an hour from one address. */
  readonly passwordReset?: RateLimitRule
  /** Default: 5 mails an hour to one address. */
  readonly mailbox?: RateLimitRule
  /** Default: 20 pictures an hour for one user. */
  readonly uploads?: RateLimitRule
  /** Default: 10 downloads an hour of one user's own data. */
  readonly personalData?: RateLimitRule
  /** Default: 5 mails an hour about the address of one account. */
  readonly verification?: RateLimitRule
  /** Default: 60 mailed links an hour from one address. */
  readonly confirmation?: RateLimitRule
  /** Default: 10 notices of one kind a day to one address. */
  readonly notices?: RateLimitRule
  /** Where requests are counted. Default: in the database. */
  readonly store?: CounterStore
}

/** The limiters that pages and mails ask. */
export interface SiteLimits {
  readonly registration: RateLimiter
  readonly passwordReset: RateLimiter
  readonly mailbox: RateLimiter
  readonly uploads: RateLimiter
  readonly personalData: RateLimiter
  readonly verification: RateLimiter
  readonly confirmation: RateLimiter
  readonly notices: RateLimiter
}

/** Makes them. */
export function makeSiteLimits(limits: RateLimits, options: RateLimitOptions): SiteLimits {
  return {
    registration: limits.make('portcullis.registration', options.registration ?? REGISTRATION),
    passwordReset: limits.make('portcullis.reset', options.passwordReset ?? PASSWORD_RESET),
    mailbox: limits.make('portcullis.mailbox', options.mailbox ?? MAILBOX),
    uploads: limits.make('portcullis.uploads', options.uploads ?? UPLOADS),
    personalData: limits.make('portcullis.data', options.personalData ?? PERSONAL_DATA),
    verification: limits.make('portcullis.verification', options.verification ?? VERIFICATION),
    confirmation: limits.make('portcullis.confirmation', options.confirmation ?? CONFIRMATION),
    notices: limits.make('portcullis.notices', options.notices ?? NOTICES),
  }
}
