/**
 * The `passwords` option of a site: hashers, their cost, the pool they run in, and the rules for new passwords; settled once.
 * @module
 */

import { ImproperlyConfigured } from '../base/errors.js'
import type { DjangoRelease } from '../settings/django-releases.js'
import type { Hasher } from './hasher.js'
import { passwordHashers, type PasswordHashersOptions } from './password-hashers.js'
import { PasswordService } from './password-service.js'
import { HashingPool, sharedHashingPool, type HashingPoolOptions } from './pool.js'
import { policyValidators, type PasswordPolicy } from './validators/policies.js'
import type { PasswordValidator } from './validators/validator.js'

/** How a site treats passwords. Everything has a safe default. */
export interface PasswordSettings {
  /** `django`: 8 characters, not like the user's data, not common, not only digits. `nist`: 15 characters, no rule of composition, and not like the site's name (SP 800-63B-4). Default `django`. */
  readonly policy?: PasswordPolicy
  /** The rules themselves, in place of a policy. Django's `AUTH_PASSWORD_VALIDATORS`. */
  readonly validators?: readonly PasswordValidator[]
  /** The hashers, first the one that makes new hashes, or what to build them from. Django's `PASSWORD_HASHERS`. */
  readonly hashers?: readonly Hasher[] | Omit<PasswordHashersOptions, 'django'>
  /** How many hashes run and wait at once. Default: the pool that every site of the process shares. */
  readonly pool?: HashingPoolOptions | HashingPool
  /** `never` leaves stored hashes as they are, for a database shared with software that wants other costs (H-1). Default `always`. */
  readonly upgrades?: 'always' | 'never'
}

/** The settled form: the service that hashes, and the validators. */
export interface Passwords {
  readonly service: PasswordService
  readonly validators: readonly PasswordValidator[]
}

/** Settles the option for a site; `django` names the release that shares the database, `siteWords` are the site's name and host. */
export function settlePasswords(settings: PasswordSettings, django: DjangoRelease | undefined, siteWords: readonly string[] = []): Passwords {
  const { policy, validators, hashers, pool, upgrades } = settings
  if (policy !== undefined && policy !== 'django' && policy !== 'nist')
    throw new ImproperlyConfigured(`passwords.policy is 'django' or 'nist', not ${String(policy)}. Rules of your own go into passwords.validators.`)
  if (validators !== undefined && !Array.isArray(validators))
    throw new ImproperlyConfigured("passwords.validators is a list of validators. For a policy by name use passwords.policy: 'django' or 'nist'.")
  return {
    validators: validators ?? policyValidators(policy, { siteWords }),
    service: new PasswordService({
      hashers: isList(hashers) ? hashers : passwordHashers({ ...hashers, django }),
      pool: pool === undefined ? sharedHashingPool() : pool instanceof HashingPool ? pool : new HashingPool(pool),
      upgrades,
    }),
  }
}

function isList(hashers: PasswordSettings['hashers']): hashers is readonly Hasher[] {
  return Array.isArray(hashers)
}
