/**
 * `portcullis/csrf`: the protection against forged requests by itself. Middleware for Express and its like, and for everything else the
 * decision as a function: it asks for method, scheme, host and headers, and for the secret that you keep for a visitor.
 * @module
 */

export { csrfProblem, isSafeMethod, usableSecret, type CsrfOptions, type CsrfReason, type CsrfRequest, type CsrfSender } from './protection/csrf.js'
export {
  csrfProtection,
  ForgedRequest,
  type CsrfFields,
  type CsrfProtectionOptions,
  type CsrfSecretStore,
  type PlainRequest,
  type PlainResponse,
} from './protection/csrf-protection.js'
export { maskCsrfSecret, newCsrfSecret, type TokenFormatProblem } from './protection/csrf-tokens.js'
