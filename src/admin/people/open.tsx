/**
 * How a page of people opens: the right first, then the object, then whether it is within reach; and what is said where it is not.
 * @module
 */

import type { JSX } from 'hono/jsx/jsx-runtime'
import type { Problem } from '../../base/errors.js'
import { messageFor } from '../../base/messages.js'
import type { RequestData } from '../../protection/body/request-data.js'
import { Icon } from '../../pages/components/icons.js'
import { ADMIN_BODY_LIMITS } from '../body-limits.js'
import { crumbsOf } from '../frame/crumbs.js'
import { adminPage } from '../frame/page.js'
import { Problems } from '../frame/problems.js'
import { tabsOf } from '../frame/tabs.js'
import type { ModelAdmin } from '../model-admin.js'
import type { AdminVisit } from '../visit.js'
import type { Model } from '../../database/model.js'

/** An object that may be looked at, or changed. */
export interface Opened<Row extends Model> {
  readonly admin: ModelAdmin
  readonly row: Row
}

/**
 * Opens the object of a page. The right is asked for before there is an object, so that nobody learns which there are (AD-16, I3).
 * Somebody who is out of reach can be looked at, and not changed.
 */
export async function openObject<Row extends Model>(
  visit: AdminVisit,
  model: { readonly label: string },
  right: 'view' | 'change',
): Promise<Opened<Row> | Response> {
  const admin = visit.admin.of(model)
  if (admin === null) return visit.notFound()
  const isAllowed = async (row: Model | null): Promise<boolean> =>
    right === 'view' ? admin.canView(visit.request, row) : admin.canChange(visit.request, row)
  if (!(await isAllowed(null))) return visit.forbidden(`lacks ${admin.permission(right)}`)
  const row = await admin.find(visit.parameters[0] ?? '')
  if (row === null) return visit.notFound()
  return (await isAllowed(row)) ? { admin, row: row as Row } : visit.forbidden(`may not ${right} this object`)
}

/** The fields of a form but for those that only say what is to be done with it. */
export async function readFields(
  visit: AdminVisit,
  buttons: ReadonlySet<string>,
): Promise<{ readonly data: RequestData; readonly pressed: ReadonlySet<string> }> {
  const data = await visit.request.readBody(ADMIN_BODY_LIMITS)
  const pressed = new Set([...data.fields.keys()].filter((name) => buttons.has(name)))
  return { data: { ...data, fields: new Map([...data.fields].filter(([name]) => !buttons.has(name))) }, pressed }
}

/** A field that was sent once, as text; of several none counts (K2). */
export function onlyText(data: RequestData, name: string): string | null {
  const values = data.fields.get(name)
  return values?.length === 1 && typeof values[0] === 'string' ? values[0] : null
}

/** A page of its own for what somebody may not do to this object, with the reasons. */
export async function refusedPage(visit: AdminVisit, { admin, row }: Opened<Model>, title: string, problems: readonly Problem[]): Promise<Response> {
  if (visit.request.wantsJson)
    return visit.json({ errors: { __all__: problems.map((one) => ({ code: one.code, message: messageFor(one.key, one.params) })) } }, 403)
  const name = admin.nameOf(row)
  return adminPage(visit, {
    title,
    breadcrumbs: crumbsOf(visit, admin, { label: name, href: admin.url(visit.base, 'change', row.pk) }, { label: title }),
    current: admin,
    tabs: await tabsOf(visit, admin, row, ''),
    status: 403,
    content: (
      <div class="pa-people">
        <Problems problems={problems} />
        <p>
          <a href={admin.url(visit.base, 'change', row.pk)}>Back to {name}</a>
        </p>
      </div>
    ),
  })
}

/** A line to know before reading on. */
export function Remark({
  children,
  kind = 'info',
}: {
  readonly children: JSX.Element | string
  readonly kind?: 'info' | 'warning' | 'error'
}): JSX.Element {
  return (
    <p class={`pa-notice pa-notice-${kind}`}>
      <Icon name={kind === 'info' ? 'lock' : 'warning'} size={18} />
      <span>{children}</span>
    </p>
  )
}

/** The same, for who writes no markup. */
export function remark(text: string): JSX.Element {
  return <Remark>{text}</Remark>
}
