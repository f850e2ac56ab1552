/**
 * System checks: what is wrong or unsafe in a set-up, found before it hurts. Ids are Django's where Django has the check.
 * @module
 */

/** How bad it is: an error or worse stops `migrate` and `check`. */
export type CheckLevel = 'info' | 'warning' | 'error' | 'critical'

/** One finding. */
export interface SystemCheck {
  /** `auth.E003`, `security.W009`, or `portcullis.…` for our own. */
  readonly id: string
  readonly level: CheckLevel
  /** What is wrong. */
  readonly message: string
  /** What would be right. */
  readonly hint: string
  /** The model or setting it is about. */
  readonly subject: string
}
