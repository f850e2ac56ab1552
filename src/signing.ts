/**
 * Signed text, values and cookies, keyed hashes and random text, importable alone as `portcullis/signing`: no site, no database, only a key.
 * @module
 */

export { BadSignature, SignatureExpired } from './crypto/bad-signature.js'
export { constantTimeCompare, saltedHmac, type HashAlgorithm } from './crypto/hmac.js'
export { Keys, type SecretText } from './crypto/keys.js'
export { getRandomString } from './crypto/random.js'
export { signCookie, unsignCookie } from './crypto/signed-cookies.js'
export { Signer, TimestampSigner, type AgeLimit, type SignerOptions, type TimestampSignerOptions } from './crypto/signer.js'
export { dumps, loads, type DumpsOptions, type LoadsOptions } from './crypto/signing.js'
