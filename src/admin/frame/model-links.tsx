/**
 * The models somebody may see, with the way to each: what the bar beside every page and the first page both show.
 * @module
 */

import type { JSX } from 'hono/jsx/jsx-runtime'
import { Icon } from '../../pages/components/icons.js'
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
}

/** The apps that somebody sees. The rights are read once for a request, however many models there are. */
export async function linkedApps({ admin: site, request }: AdminVisit): Promise<LinkedApp[]> {
  const apps = await site.visibleTo(request)
  const linksOf = async (admin: ModelAdmin): Promise<ModelLinks> => ({
    admin,
    mayAdd: await admin.canAdd(request),
    mayView: await admin.canView(request),
  })
  return Promise.all(apps.map(async ({ label, name, models }) => ({ label, name, models: await Promise.all(models.map(linksOf)) })))
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
