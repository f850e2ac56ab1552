/**
 * Signed texts that were found genuine, so that a session which nobody changed costs no second verification. The row is read at every
 * request all the same; only the same text, letter for letter, is recognised.
 * @module
 */

/** Of each generation. Two of them hold a busy site's active sessions in a few megabytes. */
const MOST_TEXTS = 4096
const MOST_CHARACTERS = 4 * 1024 * 1024
/** A larger session is rare, and would push out many small ones. */
const LONGEST_TEXT = 16 * 1024

/** A bounded memory: what was used lately stays. */
export class VerifiedTexts {
  #young = new Map<string, string>()
  #old = new Map<string, string>()
  #characters = 0

  /** What a text holds, if it was found genuine before. */
  find(text: string): string | undefined {
    const young = this.#young.get(text)
    if (young !== undefined) return young
    const old = this.#old.get(text)
    if (old !== undefined) this.remember(text, old)
    return old
  }

  remember(text: string, content: string): void {
    const characters = text.length + content.length
    if (characters > LONGEST_TEXT || this.#young.has(text)) return
    if (this.#young.size >= MOST_TEXTS || this.#characters + characters > MOST_CHARACTERS) {
      // Cheaper than moving each entry at every use: what was not asked for during a whole generation is let go with it.
      this.#old = this.#young
      this.#young = new Map()
      this.#characters = 0
    }
    this.#young.set(text, content)
    this.#characters += characters
  }

  /** How many texts are held. */
  get size(): number {
    return this.#young.size + this.#old.size
  }
}
