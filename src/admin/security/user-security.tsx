/**
 * The security of one account: whether it is locked out, and ending that; and what happened by it and to it last.
 * @module
 */

import type { JSX } from 'hono/jsx/jsx-runtime'
import type { BaseUser } from '../../accounts/base-user.js'
import type { Lockout } from '../../authentication/lockouts.js'
import { CsrfField } from '../../pages/components/csrf-field.js'
import type { AdminParts } from '../admin-parts.js'
import { crumbsOf } from '../frame/crumbs.js'
import { notify } from '../frame/notices.js'
import { adminPage } from '../frame/page.js'
import { tabsOf } from '../frame/tabs.js'
import { openObject, type Opened } from '../people/open.js'
import { withQuery } from '../people/query.js'
import { UNLOCK_ACCOUNT, VIEW_EVENT } from '../rights/grant-any.js'
import type { AdminPageHandlers } from '../special.js'
import type { AdminVisit } from '../visit.js'
import { EVENTS_PATH, mayUnlock, mayViewEvents } from './access.js'
import { EventTableCard } from './event-table.js'
import { namesOf } from './event-names.js'
import { LockoutTableCard } from './lockout-table.js'
import { endLockouts } from './unlocking.js'

/** Of an account's events so many are shown; all others are behind a link. */
const MOST_SHOWN = 20

/** The tab. */
export function userSecurityPage(parts: AdminParts): AdminPageHandlers {
  return {
    async GET(visit) {
      const [isViewer, isUnlocker] = [await mayViewEvents(visit.request), await mayUnlock(visit.request)]
      if (!isViewer && !isUnlocker) return visit.forbidden(`lacks ${VIEW_EVENT} and ${UNLOCK_ACCOUNT}`)
      const opened = await openObject<BaseUser>(visit, parts.user, 'view')
      return opened instanceof Response ? opened : page(visit, opened, { isViewer, isUnlocker })
    },
    async POST(visit) {
      if (!(await mayUnlock(visit.request))) return visit.forbidden(`lacks ${UNLOCK_ACCOUNT}`)
      const opened = await openObject<BaseUser>(visit, parts.user, 'view')
      if (opened instanceof Response) return opened
      const { admin, row } = opened
      const count = await endLockouts(visit, { user: row })
      if (visit.request.wantsJson) return visit.json({ dropped: count })
      notify(visit, count === 0 ? 'info' : 'success', count === 0 ? 'Nothing was counted for this account.' : `“${admin.nameOf(row)}” may try again.`)
      return visit.redirect(admin.url(visit.base, 'security', row.pk))
    },
  }
}

async function page(
  visit: AdminVisit,
  { admin, row }: Opened<BaseUser>,
  { isViewer, isUnlocker }: { readonly isViewer: boolean; readonly isUnlocker: boolean },
): Promise<Response> {
  const { parts, base } = visit
  const name = admin.nameOf(row)
  const lockouts = isUnlocker ? await parts.lockouts.list({ username: row.getUsername() }) : []
  return adminPage(visit, {
    title: `Security of ${name}`,
    breadcrumbs: crumbsOf(visit, admin, { label: name, href: admin.url(base, 'change', row.pk) }, { label: 'Security' }),
    current: admin,
    tabs: await tabsOf(visit, admin, row, 'security'),
    content: (
      <div class="pa-wide">
        {isUnlocker && <Locked lockouts={lockouts} name={row.getUsername()} token={visit.request.csrfToken()} />}
        {isViewer && (await eventsOf(visit, row))}
      </div>
    ),
  })
}

function Locked({ lockouts, name, token }: { readonly lockouts: readonly Lockout[]; readonly name: string; readonly token: string }): JSX.Element {
  if (lockouts.length === 0) {
    return (
      <div class="pc-card pa-form-card">
        <h2>Not locked out</h2>
        <p class="pc-soft">Nobody has to wait before they try to log in to this account.</p>
      </div>
    )
  }
  return (
    <>
      <div class="pc-card pa-form-card pa-offer">
        <div>
          <h2>Locked out</h2>
          <p class="pc-soft">Too many tries to log in. A browser that the account knows is let in all the same.</p>
        </div>
        <form method="post">
          <CsrfField token={token} />
          <button type="submit" class="pc-button">
            Unlock the account
          </button>
        </form>
      </div>
      <LockoutTableCard lockouts={lockouts} whose={() => ({ name, href: null })} button={null} />
    </>
  )
}

async function eventsOf(visit: AdminVisit, row: BaseUser): Promise<JSX.Element> {
  const found = await visit.parts.events.list({ user: row, limit: MOST_SHOWN + 1 })
  const all = `${visit.base}${EVENTS_PATH}`
  if (found.length === 0) {
    return (
      <div class="pc-card pa-empty pa-nothing">
        <p>Nothing is noted of this account.</p>
      </div>
    )
  }
  const events = found.slice(0, MOST_SHOWN)
  return (
    <EventTableCard
      events={events}
      names={await namesOf(visit, events)}
      addressHref={(address) => withQuery(all, { address })}
      below={
        found.length > MOST_SHOWN ? (
          <nav class="pa-pages" aria-label="Pages">
            <a href={withQuery(all, { key: String(row.pk) })}>All events of this account</a>
          </nav>
        ) : null
      }
    />
  )
}
