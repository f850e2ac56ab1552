/**
 * Events as people read them. What strangers sent is among them: it is shown with its signs apart, so that none moves another.
 * @module
 */

import type { JSX } from 'hono/jsx/jsx-runtime'
import { kindOf, type EventOutcome } from '../../events/event-names.js'
import type { LockoutKind } from '../../authentication/lockouts.js'
import type { EventValue } from '../../events/event.js'
import type { StoredEvent } from '../../events/event-table.js'
import { Moment } from '../../pages/components/moment.js'
import { deviceName } from '../../protection/device-name.js'
import { TableCard } from '../frame/table-card.js'
import type { EventNames, Named } from './event-names.js'
import { LOCKOUT_KINDS } from './lockout-table.js'

/** Signs that nobody sees, or that turn the writing round. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu

/** What is shown beside the name of an event where it was not as wanted. */
const OUTCOMES: Readonly<Record<EventOutcome, string | null>> = { success: null, failure: 'failed', refused: 'refused' }

/** The details that have words of their own; all others are shown by their names. */
const WORDS: Readonly<Record<string, string>> = {
  kind: 'counted',
  until: 'until',
  reason: 'reason',
  count: 'how many',
  repeated: 'more of the same within a minute',
  of: 'of',
}

/** These say nothing to people, or are said elsewhere in the row. */
const UNSAID = new Set(['account', 'refusal', 'method', 'again', 'relation', 'added', 'removed', 'value', 'isStaff', 'isSuperuser'])

/** What a table of events is shown with. */
export interface EventTableProps {
  readonly events: readonly StoredEvent[]
  readonly names: EventNames
  /** Where the events of one address are. */
  readonly addressHref: (address: string) => string
  readonly below?: JSX.Element | null
}

/** The table. */
export function EventTableCard({ events, names, addressHref, below = null }: EventTableProps): JSX.Element {
  return (
    <TableCard label="Security events" columns={['When', 'What', 'By whom', 'To whom', 'From where', 'Details']} card="pa-history" below={below}>
      <tbody>
        {events.map((event) => (
          <tr>
            <td>
              <Moment at={event.time.toISOString()} />
            </td>
            <th scope="row">
              {kindOf(event.name).label} <Outcome outcome={event.outcome} />
            </th>
            <td>{event.actor === null ? '–' : <Whom named={names.account(event.actor)} />}</td>
            <td>{event.target === null ? '–' : <Whom named={names.subject(event.target)} />}</td>
            <td>
              <Where event={event} addressHref={addressHref} />
            </td>
            <td>
              <Details event={event} names={names} />
            </td>
          </tr>
        ))}
      </tbody>
    </TableCard>
  )
}

function Outcome({ outcome }: { readonly outcome: EventOutcome }): JSX.Element | null {
  const word = OUTCOMES[outcome]
  return word === null ? null : <span class={outcome === 'refused' ? 'pa-source pa-source-off' : 'pa-source pa-source-superuser'}>{word}</span>
}

function Whom({ named: { name, href } }: { readonly named: Named }): JSX.Element {
  return href === null ? <bdi>{visible(name)}</bdi> : <a href={href}>{name}</a>
}

function Where({ event, addressHref }: { readonly event: StoredEvent; readonly addressHref: (address: string) => string }): JSX.Element {
  const { address, userAgent } = event
  const device = userAgent === null ? null : deviceName(userAgent)
  return (
    <>
      {address === null ? '–' : <a href={addressHref(address)}>{address}</a>}
      {device !== null && device.kind !== 'unknown' && <div class="pc-soft pc-small">{device.name}</div>}
    </>
  )
}

function Details({ event, names }: { readonly event: StoredEvent; readonly names: EventNames }): JSX.Element {
  const { path, data } = event
  return (
    <>
      {path !== null && (
        <div class="pa-code">
          <bdi>{visible(path)}</bdi>
        </div>
      )}
      {changesOf(event, names).map((one) => (
        <div class="pc-small">
          <bdi>{visible(one)}</bdi>
        </div>
      ))}
      {Object.entries(data).map(([name, value]) =>
        UNSAID.has(name) ? null : (
          <div class="pc-small">
            <bdi>{visible(wordFor(name))}</bdi>: <Value name={name} value={value} />
          </div>
        ),
      )}
    </>
  )
}

function Value({ name, value }: { readonly name: string; readonly value: EventValue }): JSX.Element {
  if (name === 'until' && typeof value === 'string') return <Moment at={value} />
  const text = name === 'kind' && isLockoutKind(value) ? LOCKOUT_KINDS[value] : Array.isArray(value) ? value.map(String).join(', ') : String(value)
  return <bdi>{visible(text)}</bdi>
}

function isLockoutKind(value: unknown): value is LockoutKind {
  return typeof value === 'string' && Object.hasOwn(LOCKOUT_KINDS, value)
}

/** A change of rights in words. */
function changesOf({ name, data }: StoredEvent, names: EventNames): string[] {
  if (data['again'] === true) return ['was logged in already']
  if (name !== 'permissions_changed' && name !== 'account_created') return []
  const flags = [
    ...(data['relation'] === 'isStaff' || data['relation'] === 'isSuperuser' ? [[data['relation'], data['value']] as const] : []),
    ...(['isStaff', 'isSuperuser'] as const).filter((flag) => data[flag] === true).map((flag) => [flag, true] as const),
  ]
  const rights = (part: 'added' | 'removed') => {
    const keys = data[part]
    return Array.isArray(keys) ? names.rights(String(data['relation']), keys) : []
  }
  return [
    ...flags.map(([flag, value]) => `${value === true ? 'now' : 'no longer'} ${flag === 'isStaff' ? 'staff' : 'a superuser'}`),
    ...rights('added').map((one) => `+ ${one}`),
    ...rights('removed').map((one) => `− ${one}`),
  ]
}

function wordFor(name: string): string {
  return Object.hasOwn(WORDS, name) ? (WORDS[name] ?? name) : name
}

/** A text whose every sign shows. */
function visible(text: string): string {
  return text.replaceAll(UNSEEN, (sign) => `\\u{${sign.codePointAt(0)?.toString(16) ?? ''}}`)
}
