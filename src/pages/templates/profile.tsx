/**
 * A person's own page: who they are here, and what they may change.
 * @module
 */

import type { JSX } from 'hono/jsx/jsx-runtime'
import { safeHref } from '../../base/html.js'
import { Face } from '../components/face.js'
import { Form } from '../components/form.js'
import { Icon, type IconName } from '../components/icons.js'
import { Moment } from '../components/moment.js'
import type { ProfileProps } from '../props.js'

/** The profile page. */
export function Profile({ form, visitor, dateJoined, lastLogin, urls, action, csrfToken }: ProfileProps): JSX.Element {
  return (
    <>
      <div class="pc-person">
        <Face visitor={visitor} large />
        <div class="pc-title">
          <h1>{visitor.name}</h1>
          <dl class="pc-facts">
            <div>
              <dt>Username</dt>
              <dd>{visitor.username}</dd>
            </div>
            {dateJoined !== null && (
              <div>
                <dt>Here since</dt>
                <dd>
                  <Moment at={dateJoined} dayOnly />
                </dd>
              </div>
            )}
            {lastLogin !== null && (
              <div>
                <dt>Last login</dt>
                <dd>
                  <Moment at={lastLogin} />
                </dd>
              </div>
            )}
          </dl>
        </div>
      </div>
      <section class="pc-card" aria-labelledby="about-you">
        <h2 id="about-you">About you</h2>
        <Form form={form} action={action} csrfToken={csrfToken} submit="Save" wide />
      </section>
      <section class="pc-card" aria-labelledby="security">
        <h2 id="security">Keeping your account yours</h2>
        <ul class="pc-ways">
          <Way icon="key" href={urls.passwordChange} title="Change your password" text="You will need the present one." />
          {urls.email !== null && <Way icon="mail" href={urls.email} title="Change your e-mail address" text="The new one gets a link first." />}
          <Way icon="devices" href={urls.sessions} title="See your devices" text="Where you are logged in, and how to end it." />
          <Way icon="download" href={urls.personalData} title="Download your data" text="Everything that is held about you, as one file." />
        </ul>
      </section>
    </>
  )
}

interface WayProps {
  readonly icon: IconName
  readonly href: string
  readonly title: string
  readonly text: string
}

function Way({ icon, href, title, text }: WayProps): JSX.Element {
  return (
    <li>
      <a href={safeHref(href)}>
        <Icon name={icon} size={24} />
        <span>
          <strong>{title}</strong>
          <span class="pc-soft pc-small">{text}</span>
        </span>
        <Icon name="forward" />
      </a>
    </li>
  )
}
