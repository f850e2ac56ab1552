/**
 * `portcullis/passwords`: hashing and rules for passwords, for programs without a site as well.
 * @module
 */

export { Argon2Hasher, type Argon2Cost, type Argon2Hash } from './passwords/argon2.js'
export type { Argon2Engine, Argon2Job, Argon2Variety, Argon2Version } from './passwords/argon2-engine.js'
export { BcryptHasher, BcryptSha256Hasher, type BcryptCost, type BcryptHash } from './passwords/bcrypt.js'
export { calibrate, type CalibrateOptions, type Calibration, type Measured } from './passwords/calibrate.js'
export { checkPassword, makePassword, mustUpdate, verifyPassword, type ServiceChoice } from './passwords/functions.js'
export { countWork, reportWork, type HashWork } from './passwords/hash-work.js'
export { maskHash, type DecodedHash, type Hasher, type SummaryItem } from './passwords/hasher.js'
export { identifyHasher } from './passwords/identify.js'
export { Md5Hasher } from './passwords/md5.js'
export { hashCosts, passwordHashers, type HashCosts, type HasherName, type PasswordHashersOptions } from './passwords/password-hashers.js'
export {
  PasswordService,
  type MakeOptions,
  type PasswordServiceOptions,
  type SaveHash,
  type UpgradeVerdict,
  type Verdict,
} from './passwords/password-service.js'
export { Pbkdf2Sha1Hasher, Pbkdf2Sha256Hasher, type Pbkdf2Cost, type Pbkdf2Hash } from './passwords/pbkdf2.js'
export { defaultConcurrency, HashingPool, type HashingOptions, type HashingPoolOptions } from './passwords/pool.js'
export { MAX_PASSWORD_BYTES, type RawPassword } from './passwords/raw-password.js'
export { ScryptHasher, type ScryptCost, type ScryptHash } from './passwords/scrypt.js'
export { isPasswordUsable, makeUnusablePassword, UNUSABLE_PASSWORD_PREFIX } from './passwords/unusable.js'
export { CommonPasswordValidator, type CommonPasswordOptions } from './passwords/validators/common.js'
export { MinimumLengthValidator } from './passwords/validators/minimum-length.js'
export { NumericPasswordValidator } from './passwords/validators/numeric.js'
export { policyValidators, type PasswordPolicy, type PolicyOptions } from './passwords/validators/policies.js'
export { similarity, UserAttributeSimilarityValidator, type SimilarityOptions } from './passwords/validators/similarity.js'
export { SiteWordsValidator } from './passwords/validators/site-words.js'
export {
  passwordChanged,
  passwordHelpHtml,
  passwordHelpTexts,
  passwordProblems,
  validatePassword,
  type ValidatePasswordOptions,
} from './passwords/validators/validate.js'
export { customProblem, type PasswordContext, type PasswordValidator } from './passwords/validators/validator.js'
export { djangoReleases, type DjangoDefaults, type DjangoRelease } from './settings/django-releases.js'
