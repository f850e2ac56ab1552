/**
 * The first page of the admin, and the page of one app: what somebody may see, and what they did last.
 * @module
 */

import type { JSX } from 'hono/jsx/jsx-runtime'
import { Icon } from '../../pages/components/icons.js'
import { Moment } from '../../pages/components/moment.js'
import { appName, type VisibleApp } from '../admin-site.js'
import { readChangeMessage } from '../log/change-message.js'
import { recentActions, type LoggedAction } from '../log/read-log.js'
import { capitalized, type ModelAdmin } from '../model-admin.js'
import type { AdminPageHandlers } from '../special.js'
import type { AdminVisit } from '../visit.js'
import { adminPage, headerOf } from './page.js'

/** Of the recent actions, so many are shown. Django's number. */
const MOST_RECENT = 10

/** What somebody may do with a model, for the links beside it. */
interface ModelLinks {
  readonly admin: ModelAdmin
  readonly mayAdd: boolean
  readonly mayView: boolean
}

/** The pages. */
export const indexPages: { readonly index: AdminPageHandlers; readonly app: AdminPageHandlers } = {
  index: {
    async GET(visit) {
      const apps = await visit.admin.visibleTo(visit.request)
      const recent = await recentActions(visit, MOST_RECENT)
      return adminPage(visit, {
        title: visit.admin.options.indexTitle ?? 'What there is to look after',
        breadcrumbs: [],
        content: (
          <div class="pa-index">
            <div class="pa-apps">{await appSections(visit, apps)}</div>
            <Recent visit={visit} actions={recent} />
          </div>
        ),
      })
    },
  },
  app: {
    async GET(visit) {
      const [label = ''] = visit.parameters
      const apps = (await visit.admin.visibleTo(visit.request)).filter((one) => one.label === label)
      if (apps.length === 0) return visit.notFound()
      return adminPage(visit, {
        title: appName(label),
        breadcrumbs: [{ label: headerOf(visit), href: `${visit.base}/` }, { label: appName(label) }],
        content: <div class="pa-apps">{await appSections(visit, apps)}</div>,
      })
    },
  },
}

async function appSections(visit: AdminVisit, apps: readonly VisibleApp[]): Promise<JSX.Element> {
  const sections = await Promise.all(apps.map(async (app) => ({ app, links: await Promise.all(app.models.map((one) => linksOf(visit, one))) })))
  if (sections.length === 0) {
    return (
      <div class="pc-card pa-empty">
        <h2>Nothing yet</h2>
        <p class="pc-soft">Your account may enter, but it has no permission on any of the models. Ask who runs the site.</p>
      </div>
    )
  }
  return (
    <>
      {sections.map(({ app, links }) => (
        <section class="pc-card pa-app" aria-labelledby={`app-${app.label}`}>
          <h2 id={`app-${app.label}`}>
            <a href={`${visit.base}/${app.label}/`}>{app.name}</a>
          </h2>
          <ul class="pa-models">
            {links.map(({ admin, mayAdd, mayView }) => (
              <li>
                {mayView ? <a href={admin.url(visit.base)}>{admin.titlePlural}</a> : <span>{admin.titlePlural}</span>}
                {mayAdd && (
                  <a class="pa-side-add" href={admin.url(visit.base, 'add')} aria-label={`Add ${admin.meta.verboseName}`}>
                    <Icon name="plus" size={14} />
                    Add
                  </a>
                )}
              </li>
            ))}
          </ul>
        </section>
      ))}
    </>
  )
}

async function linksOf(visit: AdminVisit, admin: ModelAdmin): Promise<ModelLinks> {
  return { admin, mayAdd: await admin.canAdd(visit.request), mayView: await admin.canView(visit.request) }
}

function Recent({ visit, actions }: { readonly visit: AdminVisit; readonly actions: readonly LoggedAction[] }): JSX.Element {
  return (
    <section class="pc-card pa-recent" aria-labelledby="recent">
      <h2 id="recent">What you did last</h2>
      {actions.length === 0 ? (
        <p class="pc-soft">Nothing yet. What you add, change or delete here is noted.</p>
      ) : (
        <ol class="pa-actions">
          {actions.map((one) => (
            <li class={`pa-action pa-action-${one.kind}`}>
              {one.href === null ? <span>{one.name}</span> : <a href={one.href}>{one.name}</a>}
              <span class="pc-soft pc-small">
                {capitalized(one.modelName)} ·{' '}
                {one.kind === 'changed' ? readChangeMessage(one.message) : one.kind === 'added' ? 'Added.' : 'Deleted.'} · <Moment at={one.time} />
              </span>
            </li>
          ))}
        </ol>
      )}
      {visit.staff.isSuperuser && visit.admin.all.some((one) => one.model.label === 'admin.LogEntry') && (
        <p>
          <a href={`${visit.base}/admin/logentry/`}>Everything that was done</a>
        </p>
      )}
    </section>
  )
}
