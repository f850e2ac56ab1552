/**
 * The tables of a site: what is missing, and making it so.
 * @module
 */

import { CompiledQuery } from 'kysely'
import { ImproperlyConfigured } from '../../base/errors.js'
import { schemaDialect } from '../dialects/schema-dialects.js'
import type { AnyModelClass } from '../model.js'
import { planDrops, planModel } from './application-models.js'
import { describeModel, describeTable, type DescribeContext } from './describe.js'
import { planDjangoApp } from './django-apps.js'
import { Draft, type DatabaseState } from './draft.js'
import { Migration } from './ledger.js'
import { MadeTable } from './made-tables.js'
import type { MigrateOptions, MigrationResult, RevertOptions, SchemaOptions } from './options.js'
import { planOwnMigrations, planReversal, type OwnMigration } from './own-migrations.js'
import { MigrationPlan } from './plan.js'
import { readState } from './state.js'
import type { MigrationStep } from './steps.js'

/** The schema of a site. The functions may be passed on by themselves. */
export interface Schema {
  /** What `migrate()` would do now. Reads only. */
  readonly plan: (options?: MigrateOptions) => Promise<MigrationPlan>
  /** Brings the tables up to date: once, even when several processes try. Throws when something stands in the way; nothing is done then. */
  readonly migrate: (options?: MigrateOptions) => Promise<MigrationResult>
  /** Takes back migrations of our own tables, with their data. */
  readonly revert: (options: RevertOptions) => Promise<MigrationResult>
}

/** One at a time in a database. */
const LOCK = 'portcullis.migrate'

/** The first of our own migrations: the record of what is ours. */
const firstMigration: OwnMigration = {
  name: '0001_table',
  up: (change) => change.createTable(MadeTable),
  down: (change) => change.dropTable(MadeTable),
}

/**
 * Makes the schema of a site.
 *
 * @example
 * const schema = createSchema({ registry, djangoApps: djangoApps(User) })
 * console.log((await schema.plan()).toText())
 * await schema.migrate()
 */
export function createSchema(options: SchemaOptions): Schema {
  const { registry, djangoApps, afterMigrate = [] } = options
  const { database } = registry
  const dialect = schemaDialect(database.engine)
  const ownMigrations = [firstMigration, ...(options.ownMigrations ?? [])]
  const djangoModels = new Set(djangoApps.flatMap((one) => one.models))
  const applicationModels = registry.models.filter((one) => !djangoModels.has(one))

  async function draftOf(destructive: boolean): Promise<Draft> {
    const own = ownModels(ownMigrations)
    const names = (server: DatabaseState['server']): string[] => {
      const context: DescribeContext = { registry, dialect, server }
      return [
        ...registry.models.flatMap((one) => describeModel(context, one).map((each) => each.name)),
        ...own.map((one) => one.meta.table),
        Migration.meta.table,
      ]
    }
    return new Draft(registry, dialect, await readState(database, dialect, names), { destructive })
  }

  async function plan({ destructive = false }: MigrateOptions = {}): Promise<MigrationPlan> {
    const draft = await draftOf(destructive)
    const ledger = describeTable(draft, Migration.meta)
    if (draft.table(ledger.name) === undefined) draft.createTable(ledger, 'own')
    planOwnMigrations(draft, ownMigrations)
    for (const app of djangoApps) await planDjangoApp(draft, app, djangoApps)
    for (const one of applicationModels) await planModel(draft, one, describeModel(draft, one))
    const declared = new Set(registry.models.flatMap((one) => describeModel(draft, one).map((each) => each.name)))
    const labels = new Set(djangoApps.map((one) => one.app))
    // A user table that another model replaced stays: what it holds is not an application's to drop.
    planDrops(
      draft,
      [...draft.made.values()].filter((one) => !declared.has(one.name) && !labels.has(one.model.split('.')[0] ?? '')),
    )
    return new MigrationPlan(draft.steps)
  }

  async function run(
    planned: MigrationPlan,
    work: readonly MigrationStep[],
    afterwards: (applied: readonly MigrationStep[]) => Promise<void>,
  ): Promise<MigrationResult> {
    const statements = work.flatMap((one) => one.statements)
    const execute = async (): Promise<void> => {
      for (const one of statements) await database.execute(CompiledQuery.raw(one))
    }
    if (database.dialect.hasTransactionalDdl) {
      await dialect.whileChanging(database, statements, () =>
        database.atomic(async () => {
          await execute()
          await afterwards(work)
        }),
      )
    } else {
      await execute()
      await database.atomic(() => afterwards(work))
    }
    return { plan: planned, applied: work }
  }

  async function locked<T>(timeoutSeconds: number, work: () => Promise<T>): Promise<T> {
    if (database.isInAtomic) throw new ImproperlyConfigured('migrate() was called inside atomic(). Call it outside: it has a transaction of its own.')
    return database.withLock(LOCK, work, { timeoutSeconds })
  }

  async function migrate({ destructive = false, lockTimeout = 60 }: MigrateOptions = {}): Promise<MigrationResult> {
    return locked(lockTimeout, async () => {
      // Only under the lock is it certain what is left to do.
      const planned = await plan({ destructive })
      if (planned.blocked.length > 0)
        throw new ImproperlyConfigured(`Nothing was migrated.\n${planned.blocked.map((one) => `${one.description}. ${one.remedy}`).join('\n')}`)
      return run(planned, planned.work({ destructive }), async (applied) => {
        for (const one of afterMigrate) await one({ plan: planned, applied })
      })
    })
  }

  async function revert({ to, lockTimeout = 60 }: RevertOptions): Promise<MigrationResult> {
    return locked(lockTimeout, async () => {
      const draft = await draftOf(true)
      planReversal(draft, ownMigrations, to)
      const planned = new MigrationPlan(draft.steps)
      return run(planned, planned.steps, async () => {})
    })
  }

  return { plan, migrate, revert }
}

/** The models that our own migrations name. */
function ownModels(migrations: readonly OwnMigration[]): AnyModelClass[] {
  const models = new Set<AnyModelClass>()
  const note = (model: AnyModelClass): void => void models.add(model)
  for (const one of migrations) one.up({ createTable: note, dropTable: note, addColumn: note, dropColumn: note })
  return [...models]
}
