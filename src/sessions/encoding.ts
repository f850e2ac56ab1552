/**
 * Sessions as text: Django's signed JSON, which either side reads. Written uncompressed, because that is cheaper to read at every request.
 * @module
 */

import { deflateSync, inflateSync } from 'node:zlib'
import type { Clock } from '../base/clock.js'
import { fromBase62, toBase64Url } from '../base/encoding.js'
import { BadSignature } from '../crypto/bad-signature.js'
import type { Keys } from '../crypto/keys.js'
import { TimestampSigner } from '../crypto/signer.js'
import { readSessionJson, writeSessionJson } from './session-json.js'
import type { SessionValues } from './session-store.js'
import { VerifiedTexts } from './verified-texts.js'

/** Django's salt for sessions in a database, a cache or files: the path of its class (SE-2). */
export const SESSION_SALT = 'django.contrib.sessions.SessionStore'

/** A session may unfold to this many bytes: far more than anybody keeps, and too few to stop the process for long. */
const MAX_BYTES = 4 * 1024 * 1024

/** Something a site's log should know. */
export interface SessionWarning {
  readonly code: 'session_data_corrupted'
  readonly message: string
}

/** What the encoding is made of. */
export interface SessionEncodingParts {
  readonly keys: Keys
  readonly clock: Clock
  /** Default Django's for databases and caches. */
  readonly salt?: string
  /** Whether it is written compressed where that is shorter, for a place that is narrow. Default false. */
  readonly compress?: boolean
  /** Told of data that cannot be trusted or read. Default: nobody. */
  readonly onWarning?: (warning: SessionWarning) => void
}

/** Writes and reads the text of sessions. */
export class SessionEncoding {
  readonly #signer: TimestampSigner
  readonly #verified = new VerifiedTexts()
  readonly #compress: boolean
  readonly #onWarning: (warning: SessionWarning) => void

  constructor({ keys, clock, salt = SESSION_SALT, compress = false, onWarning = () => {} }: SessionEncodingParts) {
    this.#signer = new TimestampSigner({ key: keys, salt, clock })
    this.#compress = compress
    this.#onWarning = onWarning
  }

  /** Signs values. Throws a `TypeError` for what JSON cannot hold. */
  encode(values: SessionValues): string {
    const json = writeSessionJson(values)
    const text = this.#signer.sign(payloadOf(json, this.#compress))
    // Most sessions are read next by the request that follows.
    this.#verified.remember(text, json)
    return text
  }

  /** The values of a text; null, with a warning, where nobody who holds the key wrote it. Never throws. */
  read(text: string): SessionValues | null {
    const known = this.#verified.find(text)
    if (known !== undefined) return readSessionJson(known)
    const json = this.#verify(text)
    const values = json === null ? null : readSessionJson(json)
    if (json !== null && values !== null) this.#verified.remember(text, json)
    return values
  }

  /** The same, with an empty session where there is none to read: Django's answer (SE-3). */
  decode(text: string): SessionValues {
    return this.read(text) ?? (Object.create(null) as SessionValues)
  }

  #verify(text: string): string | null {
    try {
      return payloadJson(this.#signer.unsign(text))
    } catch (error) {
      const isForged = error instanceof BadSignature
      this.#onWarning({
        code: 'session_data_corrupted',
        message: isForged ? `A session was not signed with this site's keys: ${error.message}` : 'The data of a session cannot be read.',
      })
      return null
    }
  }
}

/** When a text was signed, in Unix seconds; null where it says nothing. Trust it only after the text was read. */
export function signedAt(text: string): number | null {
  const [, time] = text.split(':').slice(-3)
  return time === undefined ? null : fromBase62(time)
}

function payloadOf(json: string, compress: boolean): string {
  const bytes = Buffer.from(json, 'latin1')
  const compressed = compress ? deflateSync(bytes) : null
  // The mark costs a letter.
  return compressed !== null && compressed.length < bytes.length - 1 ? `.${toBase64Url(compressed)}` : toBase64Url(bytes)
}

/**
 * Unfolds what was signed. Who holds the key may spell base64 as Python takes it, with padding or the other alphabet (`crypto/payload` is
 * stricter); the JSON must be right.
 */
function payloadJson(payload: string): string {
  const isCompressed = payload.startsWith('.')
  const bytes = Buffer.from(isCompressed ? payload.slice(1) : payload, 'base64')
  return (isCompressed ? inflateSync(bytes, { maxOutputLength: MAX_BYTES }) : bytes).toString('latin1')
}
