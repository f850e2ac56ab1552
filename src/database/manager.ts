/**
 * A manager: reads and writes the objects of one model. It serves accounts, forms and the admin; for every other query there is `auth.db`.
 * @module
 */

import { sql, type RawBuilder } from 'kysely'
import { DoesNotExist, ImproperlyConfigured, MultipleObjectsReturned } from '../base/errors.js'
import { Cells, settled, type RawRow } from './cells.js'
import { deleteObjects } from './deletion.js'
import { readOrder, readWhere, whereSql, type QueryOptions, type Term, type Where } from './filters.js'
import { insertRows } from './insertion.js'
import type { ModelMeta } from './meta.js'
import {
  assign,
  attach,
  type AnyModelClass,
  type ChangedValues,
  type DeletedRows,
  type FieldsOf,
  type Model,
  type NewValues,
  type ObjectStore,
} from './model.js'
import type { ModelRegistry } from './registry.js'
import { ManyRelation } from './relations.js'
import { StatementCache } from './statements.js'
import { cleanValues } from './validation.js'

/**
 * The objects of one model.
 *
 * @example
 * const cheap = await auth.objects(Product).filter({ price: { lt: '5.00' } }, { orderBy: 'name', limit: 20 })
 */
export class Manager<M extends AnyModelClass = AnyModelClass, I extends Model = InstanceType<M>> implements ObjectStore {
  readonly model: M
  readonly registry: ModelRegistry
  protected readonly statements: StatementCache
  #cells: Cells | null = null
  #selectList: RawBuilder<unknown> | null = null

  constructor(registry: ModelRegistry, model: M) {
    if (!model.meta.managed)
      throw new ImproperlyConfigured(
        `${model.label} declares no fields: its table belongs to another tool. Declare fields, or query it through auth.db.`,
      )
    this.registry = registry
    this.model = model
    this.statements = new StatementCache(registry.database)
  }

  /** The one object that fits. Throws `DoesNotExist` or `MultipleObjectsReturned`. */
  async get(where: Where<FieldsOf<M>>): Promise<I> {
    const found = await this.select(where, { limit: 2 })
    if (found.length > 1) throw new MultipleObjectsReturned(`More than one ${this.meta.verboseName} fits. Ask for more, or use filter().`)
    const [only] = found
    if (only === undefined) throw new DoesNotExist(`There is no ${this.meta.verboseName} that fits.`)
    return only
  }

  /** The one object that fits, or null. Throws `MultipleObjectsReturned`. */
  async find(where: Where<FieldsOf<M>>): Promise<I | null> {
    const found = await this.select(where, { limit: 2 })
    if (found.length > 1) throw new MultipleObjectsReturned(`More than one ${this.meta.verboseName} fits. Ask for more, or use filter().`)
    return found[0] ?? null
  }

  /** The objects that fit every named condition. */
  async filter(where: Where<FieldsOf<M>>, options: QueryOptions<FieldsOf<M>> = {}): Promise<I[]> {
    return this.select(where, options)
  }

  /** Every object. */
  async all(options: QueryOptions<FieldsOf<M>> = {}): Promise<I[]> {
    return this.select({}, options)
  }

  /** How many fit. */
  async count(where: Where<FieldsOf<M>> = {} as Where<FieldsOf<M>>): Promise<number> {
    const terms = this.terms(where)
    const { rows } = await this.run<{ n: number | string | bigint }>(
      'count',
      terms,
      [],
      () => sql`select count(*) as ${sql.ref('n')} from ${this.table}${whereSql(terms)}`,
    )
    return Number(rows[0]?.n ?? 0)
  }

  /** Whether any fits. */
  async exists(where: Where<FieldsOf<M>>): Promise<boolean> {
    const terms = this.terms(where)
    const { rows } = await this.run('exists', terms, [], () => sql`select 1 as ${sql.ref('found')} from ${this.table}${whereSql(terms)} limit 1`)
    return rows.length > 0
  }

  /**
   * Creates one. Values that fit no column are refused (`ValidationError`), a taken unique value too (`UniqueViolation`);
   * the checks of forms (`blank`, choices, validators) are not run, as in Django.
   */
  async create(values: NewValues<FieldsOf<M>>): Promise<I> {
    return this.insertOne(values)
  }

  /** Creates many in as few statements as the engine takes, all or none. Returns them with their keys, in the order given. */
  async bulkCreate(rows: readonly NewValues<FieldsOf<M>>[]): Promise<I[]> {
    return this.insertMany(rows)
  }

  /**
   * Checks values as a form would: nothing required is missing or blank, choices and validators are kept, addresses look like addresses.
   * Throws a `ValidationError` with everything that is wrong. `create()` does not do this by itself, as in Django.
   */
  async fullClean(values: Partial<NewValues<FieldsOf<M>>>): Promise<void> {
    await cleanValues(this.registry, this.meta, values)
  }

  /** Writes these columns of every row that fits; returns how many rows there were. */
  async update(where: Where<FieldsOf<M>>, values: ChangedValues<FieldsOf<M>>): Promise<number> {
    const terms = this.terms(where)
    const changed = this.cells.changed(values)
    if (Object.keys(changed).length === 0) return this.count(where)
    const { numAffectedRows } = await this.runUpdate(changed, terms)
    return Number(numAffectedRows ?? 0n)
  }

  /** Deletes every row that fits, with what goes with it (DM-6), all or none. */
  async delete(where: Where<FieldsOf<M>>): Promise<DeletedRows> {
    return deleteObjects(this.registry, this.model, this.terms(where))
  }

  /** @internal */
  async updateObject(object: Model, values: Readonly<Record<string, unknown>>): Promise<void> {
    const changed = this.cells.changed(values)
    if (Object.keys(changed).length === 0) return
    const terms = this.terms({ pk: object.pk })
    const { numAffectedRows } = await this.runUpdate(changed, terms)
    // Some MySQL pools count changed rows only; a row written with what it held already is still there.
    if (numAffectedRows === 0n && !(await this.exists({ pk: object.pk } as Where<FieldsOf<M>>))) throw this.gone()
    assign(object, settled(changed))
  }

  /** @internal */
  async compareAndSet(object: Model, expected: Readonly<Record<string, unknown>>, values: Readonly<Record<string, unknown>>): Promise<boolean> {
    const changed = this.cells.changed(values)
    const { numAffectedRows } = await this.runUpdate(changed, this.terms({ pk: object.pk, ...expected }))
    if (numAffectedRows !== 1n) return false
    assign(object, settled(changed))
    return true
  }

  /** @internal */
  async deleteObject(object: Model): Promise<DeletedRows> {
    const deleted = await deleteObjects(this.registry, this.model, this.terms({ pk: object.pk }))
    if (deleted.total === 0) throw this.gone()
    return deleted
  }

  /** @internal */
  async refreshObject(object: Model): Promise<void> {
    const [row] = await this.selectRows({ pk: object.pk }, { limit: 1 })
    if (row === undefined) throw this.gone()
    assign(object, this.cells.read(row))
  }

  /** @internal */
  relationOf(object: Model, name: string): unknown {
    const relation = this.meta.relations.find((one) => one.name === name)
    if (relation === undefined) throw new ImproperlyConfigured(`${this.model.label} has no relation “${name}”.`)
    const through = this.registry.through(this.model, relation)
    return new ManyRelation({
      registry: this.registry,
      through,
      ownerKey: object.pk,
      target: this.registry.loaderOf(through.target) ?? new Manager(this.registry, through.target),
    })
  }

  /** The description of the model. */
  get meta(): ModelMeta {
    return this.model.meta
  }

  /** @internal The columns of a SELECT, in the order of the fields; `from` names the table where a join needs it. */
  selectList(from: string = this.meta.table): RawBuilder<unknown> {
    const list = (): RawBuilder<unknown> => sql.join(this.meta.columns.map((one) => sql.ref(`${from}.${one.column}`)))
    return from === this.meta.table ? (this.#selectList ??= list()) : list()
  }

  /** @internal Makes the object of a row that was selected with `selectList`. */
  load(row: RawRow): I {
    return attach(new this.model(this.cells.read(row)) as I, this)
  }

  protected get table(): RawBuilder<unknown> {
    return sql.table(this.meta.table)
  }

  protected terms(where: Readonly<Record<string, unknown>>, from?: string): Term[] {
    return readWhere(this.registry, this.meta, where, from)
  }

  protected async select(where: Readonly<Record<string, unknown>>, options: QueryOptions<FieldsOf<M>>): Promise<I[]> {
    return (await this.selectRows(where, options)).map((row) => this.load(row))
  }

  /** Values checked, defaults filled in, every column named. */
  protected async insertOne(values: object): Promise<I> {
    const [row] = await this.insertMany([values])
    return row as I
  }

  /** `skipTaken` names unique columns: a row that is there already by these is left alone, and none of the rows comes back with its key. */
  protected async insertMany(list: readonly object[], skipTaken: readonly string[] = []): Promise<I[]> {
    const parts = { registry: this.registry, meta: this.meta, cells: this.cells, statements: this.statements }
    return insertRows(parts, list, (row) => attach(new this.model(row) as I, this), skipTaken)
  }

  private async runUpdate(changed: RawRow, terms: readonly Term[]): Promise<{ numAffectedRows?: bigint }> {
    const written = Object.entries(changed).map(([name, value]) => {
      const cell = this.cells.named(name)
      return [cell.meta.column, cell.encode(value)] as const
    })
    const shape = `update ${written.map(([column]) => column).join(',')}`
    return this.run(
      shape,
      terms,
      written.map(([, value]) => value),
      () => {
        const assignments = written.map(([column, value]) => sql`${sql.ref(column)} = ${value}`)
        return sql`update ${this.table} set ${sql.join(assignments)}${whereSql(terms)}`
      },
    )
  }

  private async selectRows(
    where: Readonly<Record<string, unknown>>,
    options: { readonly orderBy?: string | readonly string[]; readonly limit?: number; readonly offset?: number },
  ): Promise<RawRow[]> {
    const terms = this.terms(where)
    const order = readOrder(
      this.meta,
      options.orderBy === undefined ? this.meta.ordering : typeof options.orderBy === 'string' ? [options.orderBy] : options.orderBy,
    )
    const page = pageOf(options)
    const shape = `select ${order.shape} ${page.parameters.length}`
    const { rows } = await this.run<RawRow>(
      shape,
      terms,
      [],
      () => {
        return sql`select ${this.selectList()} from ${this.table}${whereSql(terms)}${order.toSql()}${page.toSql()}`
      },
      page.parameters,
    )
    return rows
  }

  private async run<Row>(
    shape: string,
    terms: readonly Term[],
    before: readonly unknown[],
    build: () => RawBuilder<unknown>,
    after: readonly unknown[] = [],
  ) {
    const shapes = terms.map((one) => one.shape)
    const whole = shapes.includes(null) ? null : `${shape} | ${shapes.join(' & ')}`
    return this.statements.run<Row>(whole, [...before, ...terms.flatMap((one) => one.parameters), ...after], build)
  }

  private get cells(): Cells {
    return (this.#cells ??= new Cells(this.registry, this.meta))
  }

  private gone(): DoesNotExist {
    return new DoesNotExist(`This ${this.meta.verboseName} is no longer in the database.`)
  }
}

/** `limit … offset …`, checked; nothing where neither is asked for. */
export function pageOf({ limit, offset }: { readonly limit?: number; readonly offset?: number }): {
  readonly parameters: readonly number[]
  readonly toSql: () => RawBuilder<unknown>
} {
  if (offset !== undefined && limit === undefined) throw new ImproperlyConfigured('`offset` needs a `limit`: MySQL and SQLite take no offset alone.')
  const parameters = [limit, offset].filter((one) => one !== undefined).map(wholeNumber)
  const [most, first] = parameters
  return { parameters, toSql: () => (most === undefined ? sql`` : first === undefined ? sql` limit ${most}` : sql` limit ${most} offset ${first}`) }
}

function wholeNumber(value: number): number {
  if (Number.isSafeInteger(value) && value >= 0) return value
  throw new ImproperlyConfigured(`\`limit\` and \`offset\` are whole numbers from 0; got ${value}.`)
}
