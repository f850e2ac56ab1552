/**
 * What can happen that somebody who looks after a site may want to know: every name there is, with what it says. A new kind is one line here.
 * @module
 */

/** How it ended: as wanted, not as wanted, or not let through at all. */
export type EventOutcome = 'success' | 'failure' | 'refused'

/** What is known of a kind of event. */
export interface EventKind {
  /** What people read. */
  readonly label: string
  readonly outcome: EventOutcome
  /** Whether anybody may cause as many as they like: then the table keeps the first of a minute, and how many there were. The log has all. */
  readonly folds?: true
}

/** Every kind, by its name. Names are for ever: logs and rules of those who watch them know them. */
export const EVENTS = {
  login: { label: 'Logged in', outcome: 'success' },
  login_failed: { label: 'Failed to log in', outcome: 'failure' },
  logout: { label: 'Logged out', outcome: 'success' },
  locked_out: { label: 'Locked out', outcome: 'refused' },
  unlocked: { label: 'Unlocked', outcome: 'success' },
  registration: { label: 'Registered', outcome: 'success' },
  account_created: { label: 'Account made', outcome: 'success' },
  account_activated: { label: 'Account switched on', outcome: 'success' },
  account_deactivated: { label: 'Account switched off', outcome: 'success' },
  account_deleted: { label: 'Account deleted', outcome: 'success' },
  password_changed: { label: 'Password changed', outcome: 'success' },
  password_removed: { label: 'Password taken away', outcome: 'success' },
  password_reset_requested: { label: 'Asked for a new password', outcome: 'success' },
  password_reset: { label: 'Chose a new password by a link', outcome: 'success' },
  email_verified: { label: 'Confirmed an address', outcome: 'success' },
  email_changed: { label: 'Address changed', outcome: 'success' },
  invitation_created: { label: 'Invited somebody', outcome: 'success' },
  invitation_used: { label: 'Came by an invitation', outcome: 'success' },
  data_exported: { label: 'Downloaded their data', outcome: 'success' },
  new_device: { label: 'Logged in from a new device', outcome: 'success' },
  permissions_changed: { label: 'Rights changed', outcome: 'success' },
  session_ended: { label: 'Sessions ended', outcome: 'success' },
  access_denied: { label: 'Was not allowed', outcome: 'refused', folds: true },
  csrf_failed: { label: 'Forged request', outcome: 'refused', folds: true },
  host_refused: { label: 'Called by a wrong name', outcome: 'refused', folds: true },
  rate_limited: { label: 'Came too often', outcome: 'refused', folds: true },
  events_lost: { label: 'Events lost', outcome: 'failure' },
} as const satisfies Readonly<Record<string, EventKind>>

/** The name of a kind of event. */
export type EventName = keyof typeof EVENTS

/** What is known of a kind. */
export function kindOf(name: EventName): EventKind {
  return EVENTS[name]
}

/** Tells whether a text is the name of a kind. */
export function isEventName(text: string): text is EventName {
  return Object.hasOwn(EVENTS, text)
}
