/**
 * The members of groups that would change: what each of them gains and loses, and who is not touched.
 * @module
 */

import type { Child } from 'hono/jsx'
import type { JSX } from 'hono/jsx/jsx-runtime'
import { TableCard } from '../frame/table-card.js'
import { MOST_NAMED, type GroupsEffect } from '../rights/effects.js'
import { wholeName, type PermissionRow } from '../rights/permission-rows.js'
import { Code } from './permission-table.js'

/** The permissions of a list of keys, in order. */
export type Shown = (keys: readonly number[], most?: number) => readonly PermissionRow[]

/** The members, as far as they are named. */
export function Members({
  effect,
  shown,
  url,
}: {
  readonly effect: GroupsEffect
  readonly shown: Shown
  readonly url: (key: unknown) => string
}): JSX.Element {
  const touched = effect.members.filter((one) => one.gains.length + one.losses.length > 0)
  const others = effect.members.filter((one) => one.gains.length + one.losses.length === 0)
  const isAll = effect.memberCount <= effect.members.length
  return (
    <section aria-labelledby="members">
      <h2 id="members">{isAll ? 'Who that is' : `The first ${MOST_NAMED} of them`}</h2>
      <p class="pc-soft pc-small">What somebody has otherwise, by another group or directly, is neither gained nor lost.</p>
      {touched.length > 0 && (
        <TableCard label="Members" columns={['Name', 'Gains', 'Loses']}>
          <tbody>
            {touched.map((one) => (
              <tr>
                <th scope="row">
                  <a href={url(one.key)}>{one.name}</a>
                  {!one.isActive && <span class="pc-soft"> (switched off)</span>}
                </th>
                <td>{codes(shown(one.gains))}</td>
                <td>{codes(shown(one.losses))}</td>
              </tr>
            ))}
          </tbody>
        </TableCard>
      )}
      {others.length > 0 && (
        <p class="pc-small">
          <strong>Nothing changes for </strong>
          {others.map((one, index) => (
            <>
              {index > 0 && ', '}
              <a href={url(one.key)}>{one.name}</a>
              {one.isSuperuser && ' (superuser)'}
            </>
          ))}
          .
        </p>
      )}
    </section>
  )
}

function codes(rows: readonly PermissionRow[]): Child {
  if (rows.length === 0) return <span class="pc-soft">nothing</span>
  const first = rows.slice(0, 4)
  return (
    <>
      {first.map((one) => (
        <>
          <Code name={wholeName(one)} />{' '}
        </>
      ))}
      {rows.length > first.length && <span class="pc-soft">and {rows.length - first.length} more</span>}
    </>
  )
}
