/**
 * What a change of rights would mean, before it is saved: who gains what, who loses what, and which of it amounts to everything.
 * @module
 */

import type { JSX } from 'hono/jsx/jsx-runtime'
import type { Group } from '../../accounts/group.js'
import type { BaseUser } from '../../accounts/base-user.js'
import { Icon } from '../../pages/components/icons.js'
import type { AdminParts } from '../admin-parts.js'
import { MOST_COUNTED, type GroupRights, type GroupsEffect } from '../rights/effects.js'
import { permissionRows, wholeName, type PermissionRow } from '../rights/permission-rows.js'
import type { Rights } from '../rights/rights.js'
import type { PendingChange } from '../special.js'
import type { AdminVisit } from '../visit.js'
import { PermissionList } from './permission-table.js'
import { Members, type Shown } from './preview-members.js'

/** Of each list, so many are shown; the rest is counted. */
const MOST_LISTED = 200

/** The flags of a user that decide what they may, and what it means to have them. */
const FLAGS = {
  isSuperuser: ['becomes a superuser and may everything, granted or not.', 'is a superuser no more, and keeps what is granted.'],
  isStaff: ['may enter the admin.', 'may not enter the admin any more.'],
  isActive: ['is switched on: what is granted counts again.', 'is switched off: nothing that is granted counts.'],
} as const

/** Whether a change of a user touches rights at all. */
function touchesRights({ values, relations }: PendingChange): boolean {
  return Object.keys(FLAGS).some((name) => name in values) || ['groups', 'userPermissions'].some((name) => isChanged(relations.get(name)))
}

/** What a change means for a user; null where it has nothing to do with rights. */
export async function userPreview(visit: AdminVisit, rights: Rights, change: PendingChange): Promise<JSX.Element | null> {
  const { row, values } = change
  if (row === null || !touchesRights(change)) return null
  const effect = await rights.effects.ofUser(row, change)
  const name = change.admin.nameOf(row)
  const shown = await rowsOf(visit.parts, [...effect.gains, ...effect.losses, ...effect.kept])
  const flags = Object.entries(FLAGS).filter(([flag]) => flag in values)
  const isBeside = effect.superuser.after
  return (
    <div class="pa-preview">
      {flags.length > 0 && (
        <ul class="pa-flags">
          {flags.map(([flag, [on, off]]) => (
            <li>
              <strong>{name}</strong> {values[flag] === true ? on : off}
            </li>
          ))}
        </ul>
      )}
      {values['isSuperuser'] === true && <Danger>{`This makes ${name} a superuser: nothing on this site is kept from them.`}</Danger>}
      <Almighty rights={rights} rows={shown(effect.gains, effect.gains.length)} who={name} />
      {isBeside && <p class="pc-soft">As long as {name} is a superuser, what is granted is noted and changes nothing.</p>}
      {!(row as BaseUser).isActive && !('isActive' in values) && (
        <p class="pc-soft">The account is switched off: this counts once it is switched on.</p>
      )}
      <div class="pa-gains">
        <Side title={`${name} gains`} kind="gain" count={effect.gains.length} visit={visit} rows={shown(effect.gains)} />
        <Side title={`${name} loses`} kind="loss" count={effect.losses.length} visit={visit} rows={shown(effect.losses)} />
        <Side title="Stays all the same, granted otherwise" kind="kept" count={effect.kept.length} visit={visit} rows={shown(effect.kept)} />
      </div>
      {effect.gains.length + effect.losses.length + effect.kept.length === 0 && flags.length === 0 && (
        <p>Nothing changes in what {name} may: it is granted otherwise already.</p>
      )}
    </div>
  )
}

/** What a change means for the members of a group; null where it has nothing to do with rights, or there is nobody in it. */
export async function groupPreview(visit: AdminVisit, rights: Rights, { row, relations }: PendingChange): Promise<JSX.Element | null> {
  const change = relations.get('permissions')
  if (!isChanged(change) || change === undefined) return null
  const rule: GroupRights = { key: Number(row?.pk ?? 0), added: change.added.map(Number), removed: change.removed.map(Number) }
  return groupsPreview(visit, rights, [rule], new Map([[rule.key, row === null ? 'this group' : (row as Group).name]]))
}

/** The same for several groups at once. */
export async function groupsPreview(
  visit: AdminVisit,
  rights: Rights,
  changes: readonly GroupRights[],
  names: ReadonlyMap<number, string>,
): Promise<JSX.Element> {
  const effect = await rights.effects.ofGroups(changes.filter((one) => one.key > 0))
  const shown = await rowsOf(
    visit.parts,
    changes.flatMap((one) => [...one.added, ...one.removed]),
  )
  const people = visit.admin.of(visit.parts.user)
  const maySee = people !== null && (await people.canView(visit.request))
  return (
    <div class="pa-preview">
      <p class="pa-lead">{headcount(effect, changes.length)}</p>
      {changes.map((one) => (
        <Almighty rights={rights} rows={shown(one.added, one.added.length)} who={`Everybody in ${names.get(one.key) ?? ''}`} />
      ))}
      <div class="pa-gains">
        {changes.map((one) => (
          <>
            <Side
              title={`${names.get(one.key) ?? ''} grants from now on`}
              kind="gain"
              count={one.added.length}
              visit={visit}
              rows={shown(one.added)}
            />
            <Side
              title={`${names.get(one.key) ?? ''} grants no more`}
              kind="loss"
              count={one.removed.length}
              visit={visit}
              rows={shown(one.removed)}
            />
          </>
        ))}
      </div>
      {effect.members.length > 0 && maySee && <Members effect={effect} shown={shown} url={(key) => people.url(visit.base, 'change', key)} />}
      {effect.members.length > 0 && !maySee && <p class="pc-soft">Who they are is shown to those who may see users.</p>}
    </div>
  )
}

interface SideProps {
  readonly title: string
  readonly kind: 'gain' | 'loss' | 'kept'
  readonly count: number
  readonly visit: AdminVisit
  readonly rows: readonly PermissionRow[]
}

function Side({ title, kind, count, visit, rows }: SideProps): JSX.Element | null {
  if (count === 0) return null
  return (
    <section class={`pc-card pa-side-card pa-side-${kind}`}>
      <h2>
        {title} <span class="pa-count">{count}</span>
      </h2>
      <PermissionList visit={visit} rows={rows} />
      {count > rows.length && <p class="pc-soft">and {count - rows.length} more</p>}
    </section>
  )
}

function Almighty({
  rights,
  rows,
  who,
}: {
  readonly rights: Rights
  readonly rows: readonly PermissionRow[]
  readonly who: string
}): JSX.Element | null {
  const almighty = rows.filter((one) => rights.effects.isAlmighty(wholeName(one)))
  if (almighty.length === 0) return null
  return <Danger>{`${who} can come to everything by ${almighty.map(wholeName).join(', ')}: that amounts to being a superuser.`}</Danger>
}

function Danger({ children }: { readonly children: string }): JSX.Element {
  return (
    <p class="pa-notice pa-notice-error">
      <Icon name="warning" size={18} />
      <span>{children}</span>
    </p>
  )
}

function headcount({ memberCount }: GroupsEffect, groups: number): string {
  const where = groups === 1 ? 'in this group' : 'in these groups'
  if (memberCount === 0) return `Nobody is ${where} yet, so that nobody gains or loses anything today.`
  if (memberCount === 1) return `One person is ${where}.`
  return memberCount > MOST_COUNTED
    ? `More than ${MOST_COUNTED.toLocaleString('en')} people are ${where}.`
    : `${memberCount.toLocaleString('en')} people are ${where}.`
}

/** The permissions of several lists, read in one go; each list is cut where it is long. */
async function rowsOf(parts: AdminParts, keys: readonly number[]): Promise<Shown> {
  const rows = new Map((await permissionRows(parts.registry.database, keys)).map((row) => [row.key, row]))
  const order = new Map([...rows.keys()].map((key, index) => [key, index]))
  return (list, most = MOST_LISTED) =>
    list
      .flatMap((key) => rows.get(key) ?? [])
      .toSorted((one, other) => (order.get(one.key) ?? 0) - (order.get(other.key) ?? 0))
      .slice(0, most)
}

function isChanged(change: { readonly added: readonly unknown[]; readonly removed: readonly unknown[] } | undefined): boolean {
  return change !== undefined && change.added.length + change.removed.length > 0
}
