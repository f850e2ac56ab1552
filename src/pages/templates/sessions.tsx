/**
 * The devices a person is logged in on, each with a way to end it.
 * @module
 */

import type { Child } from 'hono/jsx'
import type { JSX } from 'hono/jsx/jsx-runtime'
import { safeHref } from '../../base/html.js'
import { CsrfField } from '../components/csrf-field.js'
import { Icon } from '../components/icons.js'
import { Moment } from '../components/moment.js'
import type { SessionsProps, SessionView } from '../props.js'

/** The list of devices. */
export function Sessions({ sessions, urls, csrfToken }: SessionsProps): JSX.Element {
  const hasOthers = sessions.some((one) => !one.isCurrent)
  return (
    <>
      <div class="pc-title">
        <h1>Your devices</h1>
        <p class="pc-soft">
          Here you are logged in. Is there one you do not know? Log it out, and <a href={safeHref(urls.passwordChange)}>change your password</a>.
        </p>
      </div>
      <div class="pc-card">
        <ul class="pc-devices">
          {sessions.map((session) => (
            <Device session={session} action={urls.endSessions} csrfToken={csrfToken} />
          ))}
        </ul>
      </div>
      {hasOthers && (
        <EndForm action={urls.endSessions} csrfToken={csrfToken} name="others" value="on">
          <button type="submit" class="pc-button pc-button-danger">
            Log out all other devices
          </button>
        </EndForm>
      )}
    </>
  )
}

interface DeviceProps {
  readonly session: SessionView
  readonly action: string
  readonly csrfToken: string
}

function Device({ session, action, csrfToken }: DeviceProps): JSX.Element {
  const { id, device, kind, address, firstSeen, lastSeen, isCurrent } = session
  return (
    <li class={isCurrent ? 'pc-device-this' : ''}>
      <span class="pc-device-sign">
        <Icon name={kind} size={24} />
      </span>
      <div class="pc-device">
        <h2>
          {device}
          {isCurrent && <span class="pc-badge">this device</span>}
        </h2>
        <p>
          {isCurrent ? (
            'In use now'
          ) : (
            <>
              Last seen <Moment at={lastSeen} />
            </>
          )}
          {address !== null && (
            <>
              {' '}
              · from <span class="pc-address">{address}</span>
            </>
          )}
        </p>
        <p>
          Logged in since <Moment at={firstSeen} />
        </p>
      </div>
      {!isCurrent && (
        <EndForm action={action} csrfToken={csrfToken} name="session" value={id}>
          <button type="submit" class="pc-button pc-button-quiet pc-button-small">
            Log out<span class="pc-visually-hidden"> {device}</span>
          </button>
        </EndForm>
      )}
    </li>
  )
}

interface EndFormProps {
  readonly action: string
  readonly csrfToken: string
  readonly name: string
  readonly value: string
  readonly children: Child
}

function EndForm({ action, csrfToken, name, value, children }: EndFormProps): JSX.Element {
  return (
    <form method="post" action={safeHref(action) ?? ''}>
      <CsrfField token={csrfToken} />
      <input type="hidden" name={name} value={value} />
      {children}
    </form>
  )
}
