/**
 * Passwords, keys and guesses at them, as they should be on the internet.
 * @module
 */

import { PASSWORD_RESET_TIMEOUT } from '../authentication/reset-tokens.js'
import { Argon2Hasher } from '../passwords/argon2.js'
import { Pbkdf2Sha256Hasher } from '../passwords/pbkdf2.js'
import { ScryptHasher } from '../passwords/scrypt.js'
import { CommonPasswordValidator } from '../passwords/validators/common.js'
import { MinimumLengthValidator } from '../passwords/validators/minimum-length.js'
import { ACCOUNT, settleLockouts } from '../protection/lockouts/rules.js'
import { djangoReleases, NEWEST_DJANGO } from '../settings/django-releases.js'
import { finding, type DeploymentFacts, type Finding } from './facts.js'

/** The shortest that ASVS allows (6.2.1). */
const SHORTEST_PASSWORD = 8
/** OWASP's cheapest choice is 7 MiB with five passes; what is dearer in either way multiplies to as much. */
const ARGON2_MEMORY = 7168
const ARGON2_WORK = ARGON2_MEMORY * 5
/** OWASP: N=2^17 with one lane, or as much work in more. */
const SCRYPT_WORK = 2 ** 13 * 10
/** Each is one more key that signs for whoever found it. */
const MOST_FALLBACKS = 3
/** NIST SP 800-63B-4, 2.1.3: nobody stays logged in for longer. */
const LONGEST_LOGIN = 30 * 86_400

/** What is wrong with a site's passwords and keys. */
export function credentialChecks(facts: DeploymentFacts): Finding[] {
  return [...hashChecks(facts), ...policyChecks(facts), ...guessChecks(facts), ...lifetimeChecks(facts)]
}

function hashChecks({ passwords, options }: DeploymentFacts): Finding[] {
  const { preferred } = passwords.service
  const subject = 'passwords.hashers'
  const hint = 'Leave the costs out, or raise them: `calibrate()` recommends some for this machine.'
  if (preferred instanceof Pbkdf2Sha256Hasher) {
    const release = options.django ?? NEWEST_DJANGO
    const least = djangoReleases[release].pbkdf2Iterations
    const { iterations } = preferred
    return [
      iterations < least &&
        finding('portcullis.W011', subject, `New passwords get ${iterations} iterations of PBKDF2; Django ${release} has ${least}.`, hint),
      preferred.algorithm !== 'pbkdf2_sha256' &&
        finding(
          'portcullis.W010',
          subject,
          `New passwords are hashed with ${preferred.algorithm}.`,
          "Prefer 'argon2', or 'pbkdf2_sha256' beside a Django.",
        ),
    ]
  }
  if (preferred instanceof Argon2Hasher) {
    const { memory, passes } = preferred.cost
    const isCheap = memory < ARGON2_MEMORY || memory * passes < ARGON2_WORK
    return [
      isCheap &&
        finding('portcullis.W012', subject, `New passwords get ${memory} KiB and ${passes} passes of Argon2: less than OWASP asks for.`, hint),
    ]
  }
  if (preferred instanceof ScryptHasher) {
    const { n, r, p } = preferred.cost
    return [
      (r < 8 || n * p < SCRYPT_WORK) &&
        finding('portcullis.W013', subject, `New passwords get N=${n}, r=${r}, p=${p} of scrypt: less than OWASP asks for.`, hint),
    ]
  }
  const isFast = ['md5', 'bcrypt'].includes(preferred.algorithm)
  return [
    isFast &&
      finding(
        'portcullis.W010',
        subject,
        preferred.algorithm === 'md5'
          ? 'New passwords are hashed with MD5, which is guessed by the billion.'
          : 'bcrypt by itself cuts passwords off at 72 bytes.',
        "Prefer 'argon2', or 'pbkdf2_sha256' beside a Django.",
        preferred.algorithm === 'md5' ? 'error' : 'warning',
      ),
  ]
}

function policyChecks({ passwords }: DeploymentFacts): Finding[] {
  const { validators } = passwords
  const shortest = Math.max(0, ...validators.map((one) => (one instanceof MinimumLengthValidator ? one.minLength : 0)))
  return [
    validators.length === 0 &&
      finding('portcullis.W014', 'passwords.validators', 'New passwords are not checked at all.', "Leave validators out, or set policy: 'nist'."),
    validators.length > 0 &&
      shortest < SHORTEST_PASSWORD &&
      finding(
        'portcullis.W014',
        'passwords.validators',
        shortest === 0 ? 'New passwords may have any length.' : `New passwords may have ${shortest} characters.`,
        `Ask for ${SHORTEST_PASSWORD} at least, for 15 where there is no second factor: new MinimumLengthValidator({ minLength: 15 }).`,
      ),
    validators.length > 0 &&
      !validators.some((one) => one instanceof CommonPasswordValidator) &&
      finding('portcullis.W014', 'passwords.validators', 'Common passwords are taken.', 'Add new CommonPasswordValidator().'),
  ]
}

function guessChecks({ options }: DeploymentFacts): Finding[] {
  const { lockouts, rateLimits } = options
  const perDay = lockouts === false ? 0 : settleLockouts(lockouts ?? {}).account.limit
  return [
    lockouts === false &&
      finding('portcullis.W016', 'lockouts', 'Nobody counts guesses at passwords.', 'Leave lockouts out: they keep no owner out.', 'error'),
    perDay > ACCOUNT.limit &&
      finding(
        'portcullis.W016',
        'lockouts.account.limit',
        `One account can be guessed at ${perDay} times before there is a wait; NIST allows ${ACCOUNT.limit} (SP 800-63B-4, 3.2.2).`,
        `Set ${ACCOUNT.limit} or less.`,
      ),
    rateLimits === false &&
      finding('portcullis.W017', 'rateLimits', 'Registrations, reset links and mails are not limited.', 'Leave rateLimits out.'),
  ]
}

function lifetimeChecks({ options, sessions, fallbackKeys }: DeploymentFacts): Finding[] {
  const longest = Math.min(sessions.cookieAge, sessions.absoluteTimeout ?? Number.POSITIVE_INFINITY)
  const timeout = options.passwordReset?.timeout ?? 0
  return [
    fallbackKeys > MOST_FALLBACKS &&
      finding(
        'portcullis.W015',
        'secretKeyFallbacks',
        `${fallbackKeys} retired keys still count.`,
        'Drop those older than the oldest session and the oldest link.',
      ),
    timeout > PASSWORD_RESET_TIMEOUT &&
      finding(
        'portcullis.W018',
        'passwordReset.timeout',
        `Links to choose a new password count for ${Math.round(timeout / 86_400)} days.`,
        'Leave timeout out: a day.',
      ),
    longest > LONGEST_LOGIN &&
      finding(
        'portcullis.W019',
        'sessions.cookieAge',
        `A login lasts ${Math.round(longest / 86_400)} days; NIST allows 30 (SP 800-63B-4, 2.1.3).`,
        'Set cookieAge or absoluteTimeout to 2,592,000 seconds or less.',
      ),
  ]
}
