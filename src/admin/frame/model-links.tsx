/**
 * The models somebody may see, with the way to each: what the bar beside every page and the first page both show.
 * @module
 */

import type { JSX } from 'hono/jsx/jsx-runtime'
import { Icon } from '../../pages/components/icons.js'
import { appName } from '../admin-site.js'
import { SECURITY, securityLinks } from '../security/access.js'
import type { ModelAdmin } from '../model-admin.js'
import type { AdminVisit } from '../visit.js'

/** A model, and what somebody may do with it. */
export interface ModelLinks {
  readonly admin: ModelAdmin
  readonly mayAdd: boolean
  readonly mayView: boolean
}

/** An app, with those of its models that somebody may see. */
export interface LinkedApp {
  readonly label: string
  readonly name: string
  readonly models: readonly ModelLinks[]
  /** Pages that are about no model. */
  readonly pages: readonly PageLink[]
}

/** The way to a page that is about no model. */
export interface PageLink {
  readonly label: string
  readonly href: string
}

/** The apps that somebody sees. The rights are read once for a request, however many models there are. */
export async function linkedApps(visit: AdminVisit): Promise<LinkedApp[]> {
  const { admin: site, request } = visit
  const apps = await site.visibleTo(request)
  const linksOf = async (admin: ModelAdmin): Promise<ModelLinks> => ({
    admin,
    mayAdd: await admin.canAdd(request),
    mayView: await admin.canView(request),
  })
  const linked = await Promise.all(
    apps.map(async ({ label, name, models }) => ({ label, name, models: await Promise.all(models.map(linksOf)), pages: [] })),
  )
  const pages = await securityLinks(visit)
  if (pages.length === 0) return linked
  const own = linked.find((one) => one.label === SECURITY) ?? { label: SECURITY, name: appName(SECURITY), models: [], pages: [] }
  return [...linked.filter((one) => one !== own), { ...own, pages }].toSorted((a, b) => a.name.localeCompare(b.name, 'en'))
}

/** A model’s list, and the page that adds one. */
export function ModelEntry({
  base,
  links: { admin, mayAdd, mayView },
  isCurrent = false,
}: {
  readonly base: string
  readonly links: ModelLinks
  readonly isCurrent?: boolean
}): JSX.Element {
  return (
    <>
      {mayView ? (
        <a href={admin.url(base)} {...(isCurrent ? { 'aria-current': 'page' } : {})}>
          {admin.titlePlural}
        </a>
      ) : (
        <span>{admin.titlePlural}</span>
      )}
      {mayAdd && (
        <a class="pa-side-add" href={admin.url(base, 'add')} aria-label={`Add ${admin.meta.verboseName}`}>
          <Icon name="plus" size={14} />
          Add
        </a>
      )}
    </>
  )
}
