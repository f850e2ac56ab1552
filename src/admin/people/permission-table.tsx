/**
 * Permissions below the models they are about, as every page of people shows them.
 * @module
 */

import type { Child } from 'hono/jsx'
import type { JSX } from 'hono/jsx/jsx-runtime'
import { appName } from '../admin-site.js'
import { capitalized } from '../model-admin.js'
import { wholeName, type PermissionRow } from '../rights/permission-rows.js'
import type { AdminVisit } from '../visit.js'

/** Permissions of one model. */
export interface ModelPermissions<Row extends PermissionRow> {
  readonly app: string
  readonly model: string
  /** App and model in words. */
  readonly title: string
  readonly rows: readonly Row[]
}

/** Puts permissions, which come in order, below their models. */
export function byModel<Row extends PermissionRow>(visit: AdminVisit, rows: readonly Row[]): ModelPermissions<Row>[] {
  const groups: { app: string; model: string; title: string; rows: Row[] }[] = []
  for (const row of rows) {
    const last = groups.at(-1)
    if (last !== undefined && last.app === row.app && last.model === row.model) last.rows.push(row)
    else groups.push({ app: row.app, model: row.model, title: modelTitle(visit, row), rows: [row] })
  }
  return groups
}

/** App and model in words: “Shop · Product”. What is not here is called as the table spells it. */
export function modelTitle(visit: AdminVisit, { app, model }: { readonly app: string; readonly model: string }): string {
  const known = visit.parts.registry.find(`${app}.${model}`)
  return `${appName(app)} · ${known === null ? model : capitalized(known.meta.verboseName)}`
}

/** The name that code asks for; where it is too long it breaks behind a dot or an underscore. */
export function Code({ name }: { readonly name: string }): JSX.Element {
  return (
    <code class="pa-code">
      {name.split(/(?<=[._])/).map((part, index) => (
        <>
          {index > 0 && <wbr />}
          {part}
        </>
      ))}
    </code>
  )
}

/** A permission's words, and below them the name that code asks for. */
export function PermissionName({ row }: { readonly row: PermissionRow }): JSX.Element {
  return (
    <>
      <span class="pa-permission">{row.name}</span> <Code name={wholeName(row)} />
    </>
  )
}

/** A list of permissions in a few lines, for what somebody gains and loses. */
export function PermissionList({
  visit,
  rows,
  mark,
}: {
  readonly visit: AdminVisit
  readonly rows: readonly PermissionRow[]
  readonly mark?: (row: PermissionRow) => Child
}): JSX.Element {
  return (
    <ul class="pa-permissions">
      {byModel(visit, rows).map((group) => (
        <li>
          <span class="pc-soft pc-small">{group.title}</span>
          <ul class="pa-permission-lines">
            {group.rows.map((row) => (
              <li>
                <PermissionName row={row} />
                {mark?.(row)}
              </li>
            ))}
          </ul>
        </li>
      ))}
    </ul>
  )
}
