/**
 * Django's own apps: made in their final state where there is nothing, and left alone where Django, or a dump, was first.
 * @module
 */

import type { ModelMeta } from '../meta.js'
import type { AnyModelClass } from '../model.js'
import type { ModelRegistry } from '../registry.js'
import type { TableDefinition } from './definition.js'
import { describeModel } from './describe.js'
import { differencesOf } from './differences.js'
import type { Draft } from './draft.js'
import { recordMigrations } from './ledger.js'
import type { DjangoApp } from './options.js'
import { planTable } from './table-plan.js'

/** Plans one of Django's apps; `apps` are all of them. */
export async function planDjangoApp(draft: Draft, app: DjangoApp, apps: readonly DjangoApp[]): Promise<void> {
  const tables = app.models.flatMap((one) => describeModel(draft, one))
  const recorded = draft.ledger.get(app.app) ?? new Set<string>()
  const present = tables.filter((one) => draft.table(one.name) !== undefined)
  const missing = tables.filter((one) => draft.table(one.name) === undefined)
  const isOurs = present.every((one) => draft.made.has(one.name))
  if (recorded.size === 0 && isOurs) return makeApp(draft, app, tables, apps)
  if (missing.length > 0) return blockMissing(draft, app, missing, recorded.size)
  const { fatal, harmless } = differencesOf(draft, tables)
  const outstanding = app.migrations.filter((one) => !recorded.has(one))
  if (isOurs && outstanding.length === 0 && fatal.length + harmless.length === 0) return
  const reason = reasonFor(app, recorded.size, outstanding.length, isOurs)
  if (fatal.length > 0) blockUnusable(draft, app, fatal, reason)
  else leaveAlone(draft, app.app, reason, harmless)
}

async function makeApp(draft: Draft, app: DjangoApp, tables: readonly TableDefinition[], apps: readonly DjangoApp[]): Promise<void> {
  for (const table of tables) await planTable(draft, table)
  const waitsFor = foreignApp(draft, app, apps)
  if (waitsFor !== null) {
    return leaveAlone(
      draft,
      app.app,
      `should a Django project join one day, \`python manage.py migrate --fake-initial\` records it; its tables point to “${waitsFor}”, which only Django can record`,
      [],
    )
  }
  draft.add('ledger', {
    kind: 'recordMigration',
    app: app.app,
    names: app.migrations,
    destructive: false,
    description: `Record ${app.migrations.length === 1 ? 'the migration' : `the ${app.migrations.length} migrations`} of ${app.app}`,
    statements: [recordMigrations(draft.dialect, app.app, app.migrations, draft.now)],
  })
}

/**
 * The application's app that this one points to, unless Django has it on its ledger. Django refuses a ledger in which a migration
 * is applied before what it depends on; the history of admin depends on the user model's app.
 */
function foreignApp({ registry, ledger }: Draft, app: DjangoApp, apps: readonly DjangoApp[]): string | null {
  const own = new Set(apps.flatMap((one) => one.models))
  const targets = app.models.flatMap((one) => targetsOf(registry, one.meta)).filter((one) => !own.has(one))
  return targets.map((one) => one.meta.appLabel).find((label) => !ledger.has(label)) ?? null
}

function targetsOf(registry: ModelRegistry, meta: ModelMeta): AnyModelClass[] {
  const fields = [...meta.columns.map((one) => one.field.settings.to), ...meta.relations.map((one) => one.field.to)]
  return fields.filter((one) => one !== null).map((one) => registry.targetOf(meta, one))
}

function reasonFor(app: DjangoApp, recorded: number, outstanding: number, isOurs: boolean): string {
  if (recorded === 0) return 'its tables are there, but no migration is recorded; `python manage.py migrate --fake` records them'
  if (outstanding > 0)
    return `Django has applied ${app.migrations.length - outstanding} of ${app.migrations.length} migrations; \`python manage.py migrate ${app.app}\` applies the rest`
  return isOurs ? 'Django has its migrations' : 'Django made it'
}

function leaveAlone(draft: Draft, subject: string, reason: string, differences: readonly string[]): void {
  draft.add('reports', {
    kind: 'leftAlone',
    subject,
    reason,
    differences,
    description: `Leave ${subject} as it is: ${reason}`,
    statements: [],
    destructive: false,
  })
}

function blockUnusable(draft: Draft, { app }: DjangoApp, fatal: readonly string[], reason: string): void {
  draft.add('reports', {
    kind: 'blocked',
    table: fatal[0]?.split('.')[0] ?? '',
    statements: [],
    destructive: false,
    description: `The tables of ${app} cannot be used as they are, and are not ours to change: ${fatal.join('; ')}`,
    remedy: `Let Django bring them up to date (python manage.py migrate ${app}); ${reason}.`,
  })
}

function blockMissing(draft: Draft, { app }: DjangoApp, missing: readonly TableDefinition[], recorded: number): void {
  const names = missing.map((one) => one.name).join(', ')
  const [first] = missing
  draft.add('reports', {
    kind: 'blocked',
    table: first?.name ?? '',
    statements: [],
    destructive: false,
    description:
      recorded > 0
        ? `django_migrations says that ${app} is there, but ${names} is missing`
        : `Other tables of ${app} are there, but ${names} is missing`,
    remedy:
      recorded > 0
        ? `Restore the missing tables. If none of ${app}'s tables is there and none is wanted back: delete from django_migrations where app = '${app}', then migrate again.`
        : `Restore the missing tables, or drop the others if they hold nothing, and migrate again.`,
  })
}
