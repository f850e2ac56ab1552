/**
 * A manager: reads and writes the objects of one model. It serves accounts, forms and the admin; for every other query there is `auth.db`.
 * @module
 */

import { sql, type RawBuilder } from 'kysely'
import { DateTime } from '../base/date-time.js'
import { DoesNotExist, ImproperlyConfigured, MultipleObjectsReturned, problem, ValidationError } from '../base/errors.js'
import { deleteObjects } from './deletion.js'
import type { Field } from './field.js'
import { codecFor, columnNamed, readOrder, readWhere, whereSql, type ColumnCodec, type QueryOptions, type Term, type Where } from './filters.js'
import { readsAsBigInt, type ColumnMeta, type ModelMeta } from './meta.js'
import { assign, attach, type AnyModelClass, type ChangedValues, type DeletedRows, type FieldsOf, type Model, type NewValues, type ObjectStore } from './model.js'
import type { ModelRegistry } from './registry.js'
import { ManyRelation } from './relations.js'
import { StatementCache } from './statements.js'

interface Cell extends ColumnCodec {
  readonly meta: ColumnMeta
  readonly read: (raw: unknown) => unknown
}

type RawRow = Record<string, unknown>

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
  #cells: readonly Cell[] | null = null
  #selectList: RawBuilder<unknown> | null = null

  constructor(registry: ModelRegistry, model: M) {
    if (!model.meta.managed) throw new ImproperlyConfigured(`${model.label} declares no fields: its table belongs to another tool. Declare fields, or query it through auth.db.`)
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
    const { rows } = await this.run<{ n: number | string | bigint }>('count', terms, [], () => sql`select count(*) as ${sql.ref('n')} from ${this.table}${whereSql(terms)}`)
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

  /** Writes these columns of every row that fits; returns how many rows there were. */
  async update(where: Where<FieldsOf<M>>, values: ChangedValues<FieldsOf<M>>): Promise<number> {
    const terms = this.terms(where)
    const changed = this.accepted(this.withAutoNow(values))
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
    const changed = this.accepted(this.withAutoNow(values))
    if (Object.keys(changed).length === 0) return
    const terms = this.terms({ pk: object.pk })
    const { numAffectedRows } = await this.runUpdate(changed, terms)
    // Some MySQL pools count changed rows only; a row written with what it held already is still there.
    if (numAffectedRows === 0n && !(await this.exists({ pk: object.pk } as Where<FieldsOf<M>>))) throw this.gone()
    assign(object, settled(changed))
  }

  /** @internal */
  async compareAndSet(object: Model, expected: Readonly<Record<string, unknown>>, values: Readonly<Record<string, unknown>>): Promise<boolean> {
    const changed = this.accepted(this.withAutoNow(values))
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
    assign(object, this.readRow(row))
  }

  /** @internal */
  relationOf(object: Model, name: string): unknown {
    const relation = this.meta.relations.find((one) => one.name === name)
    if (relation === undefined) throw new ImproperlyConfigured(`${this.model.label} has no relation “${name}”.`)
    const through = this.registry.through(this.model, relation)
    return new ManyRelation({ registry: this.registry, through, ownerKey: object.pk, target: this.registry.loaderOf(through.target) ?? new Manager(this.registry, through.target) })
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
    return attach(new this.model(this.readRow(row)) as I, this)
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

  /** Values checked, defaults filled in, every column named: Django's tables have no defaults of their own (H-6). */
  protected async insertOne(values: object): Promise<I> {
    const [row] = await this.insertMany([values])
    return row as I
  }

  /** `skipTaken` names unique columns: a row that is there already by these is left alone, and none of the rows comes back with its key. */
  protected async insertMany(list: readonly object[], skipTaken: readonly string[] = []): Promise<I[]> {
    const rows = list.map((values) => this.complete(values as RawRow))
    const made: I[] = []
    // Rows that bring their own key and rows whose key the database makes go in different statements, so that neither is told NULL.
    const write = async (): Promise<void> => {
      for (const part of partsOf(rows, this.meta, this.registry.database.dialect.maxParameters)) made.push(...(await this.insertPart(part, skipTaken)))
    }
    await (rows.length > 1 ? this.registry.database.atomic(write) : write())
    return made
  }

  private async insertPart(part: readonly RawRow[], skipTaken: readonly string[]): Promise<I[]> {
    const key = this.meta.primaryKey
    const keyed = key === null || part[0]?.[key.name] !== undefined
    const cells = this.cells.filter((cell) => keyed || cell.meta !== key)
    const values = part.flatMap((row) => cells.map((cell) => cell.encode(row[cell.meta.name])))
    const { dialect } = this.registry.database
    const returning = !keyed && dialect.hasReturning && skipTaken.length === 0
    const { rows, insertId } = await this.statements.run<RawRow>(`insert ${part.length} ${keyed} ${skipTaken.join()}`, values, () => {
      const columns = sql.join(cells.map((cell) => sql.ref(cell.meta.column)))
      const tuples = part.map((_, index) => sql`(${sql.join(values.slice(index * cells.length, (index + 1) * cells.length))})`)
      const insert = sql`insert into ${this.table} (${columns}) values ${sql.join(tuples)}`
      if (skipTaken.length > 0) return sql`${insert} ${dialect.onConflictDoNothing(skipTaken)}`
      return returning && key !== null ? sql`${insert} returning ${sql.ref(key.column)}` : insert
    })
    if (skipTaken.length > 0) return []
    const keys = keyed ? null : returning ? rows.map((row) => row[key?.column ?? '']) : await this.countedKeys(insertId, part.length)
    const readKey = key === null ? null : this.cellOf(key).read
    return part.map((row, index) => {
      if (keys !== null && key !== null && readKey !== null) row[key.name] = readKey(keys[index])
      return attach(new this.model(settled(row)) as I, this)
    })
  }

  /** MySQL tells the first key of an INSERT; with the rows' number known beforehand the rest follow in its steps. */
  private async countedKeys(first: bigint | undefined, count: number): Promise<unknown[]> {
    const step = count === 1 ? 1n : BigInt((await this.statements.run<{ step: number }>('step', [], () => sql`select @@auto_increment_increment as step`)).rows[0]?.step ?? 1)
    return Array.from({ length: count }, (_, index) => (first ?? 0n) + BigInt(index) * step)
  }

  /** Every column with its value, accepted. */
  private complete(values: RawRow): RawRow {
    for (const name of Object.keys(values)) if (!this.meta.column.has(name)) columnNamed(this.meta, name)
    const now = this.registry.clock.now()
    const row: RawRow = {}
    for (const cell of this.cells) {
      const { name, field } = cell.meta
      const given = values[name]
      const value = given === undefined || field.settings.autoNow || field.settings.autoNowAdd ? defaultOf(field, now) : given
      if (value === undefined) {
        if (field.settings.primaryKey && isCounted(field)) continue
        throw new ValidationError(problem('required', {}, name))
      }
      row[name] = acceptedBy(cell, value)
    }
    return row
  }

  /** The named columns with their values, accepted. */
  private accepted(values: RawRow): RawRow {
    const row: RawRow = {}
    for (const [name, value] of Object.entries(values)) {
      if (value === undefined) continue
      const cell = this.cellOf(columnNamed(this.meta, name))
      row[cell.meta.name] = acceptedBy(cell, value)
    }
    return row
  }

  private withAutoNow(values: Readonly<Record<string, unknown>>): RawRow {
    const given = { ...values }
    if (Object.keys(given).length === 0) return given
    for (const { name, field } of this.meta.columns) if (field.settings.autoNow) given[name] = defaultOf(field, this.registry.clock.now())
    return given
  }

  private async runUpdate(changed: RawRow, terms: readonly Term[]): Promise<{ numAffectedRows?: bigint }> {
    const written = Object.entries(changed).map(([name, value]) => {
      const cell = this.cellOf(columnNamed(this.meta, name))
      return [cell.meta.column, cell.encode(value)] as const
    })
    const shape = `update ${written.map(([column]) => column).join(',')}`
    return this.run(shape, terms, written.map(([, value]) => value), () => {
      const assignments = written.map(([column, value]) => sql`${sql.ref(column)} = ${value}`)
      return sql`update ${this.table} set ${sql.join(assignments)}${whereSql(terms)}`
    })
  }

  private async selectRows(where: Readonly<Record<string, unknown>>, options: { readonly orderBy?: string | readonly string[]; readonly limit?: number; readonly offset?: number }): Promise<RawRow[]> {
    const terms = this.terms(where)
    const order = readOrder(this.meta, options.orderBy === undefined ? this.meta.ordering : typeof options.orderBy === 'string' ? [options.orderBy] : options.orderBy)
    const { limit, offset } = options
    if (offset !== undefined && limit === undefined) throw new ImproperlyConfigured('`offset` needs a `limit`: MySQL and SQLite take no offset alone.')
    const page = [limit, offset].filter((one) => one !== undefined).map(wholeNumber)
    const shape = `select ${order.shape} ${page.length}`
    const { rows } = await this.run<RawRow>(shape, terms, [], () => {
      const tail = page.length === 0 ? sql`` : page.length === 1 ? sql` limit ${page[0]}` : sql` limit ${page[0]} offset ${page[1]}`
      return sql`select ${this.selectList()} from ${this.table}${whereSql(terms)}${order.toSql()}${tail}`
    }, page)
    return rows
  }

  private async run<Row>(shape: string, terms: readonly Term[], before: readonly unknown[], build: () => RawBuilder<unknown>, after: readonly unknown[] = []) {
    const shapes = terms.map((one) => one.shape)
    const whole = shapes.includes(null) ? null : `${shape} | ${shapes.join(' & ')}`
    return this.statements.run<Row>(whole, [...before, ...terms.flatMap((one) => one.parameters), ...after], build)
  }

  private readRow(row: RawRow): RawRow {
    const values: RawRow = {}
    for (const { meta, read } of this.cells) {
      const raw = row[meta.column]
      values[meta.name] = raw === null || raw === undefined ? null : read(raw)
    }
    return values
  }

  private get cells(): readonly Cell[] {
    this.#cells ??= this.meta.columns.map((column) => {
      const rules = this.registry.rulesFor(this.meta, column.field)
      const value = this.registry.valueField(this.meta, column.field)
      return { meta: column, ...codecFor(this.registry, this.meta, column), read: reader(rules.read as (raw: unknown, settings: Field['settings']) => unknown, value) }
    })
    return this.#cells
  }

  private cellOf(column: ColumnMeta): Cell {
    const cell = this.cells.find((one) => one.meta === column)
    if (cell === undefined) throw new ImproperlyConfigured(`${this.model.label} has no column “${column.column}”.`)
    return cell
  }

  private gone(): DoesNotExist {
    return new DoesNotExist(`This ${this.meta.verboseName} is no longer in the database.`)
  }
}

function acceptedBy(cell: Cell, value: unknown): unknown {
  if (value === null && !cell.meta.field.settings.null) throw new ValidationError(problem('null', {}, cell.meta.name))
  return cell.accept(value)
}

/** What was written, as it would be read back: a `Date` of the caller's becomes a moment of the object's own. */
function settled(row: RawRow): RawRow {
  for (const [name, value] of Object.entries(row)) if (value instanceof Date) row[name] = new DateTime(value)
  return row
}

function reader(read: (raw: unknown, settings: Field['settings']) => unknown, value: Field): (raw: unknown) => unknown {
  if (readsAsBigInt(value)) return (raw) => BigInt(raw as string)
  return (raw) => read(raw, value.settings)
}

function isCounted(field: Field): boolean {
  return field.settings.kind === 'auto' || field.settings.kind === 'bigAuto'
}

/** What a column holds where nothing is given; undefined when something must be. */
export function defaultOf(field: Field, now: Date): unknown {
  const { settings } = field
  if (settings.autoNow || settings.autoNowAdd) return settings.kind === 'date' ? now.toISOString().slice(0, 10) : now
  if (settings.hasDefault) return typeof settings.default === 'function' ? (settings.default as (context: { now: Date }) => unknown)({ now }) : settings.default
  if (settings.null) return null
  return settings.blank && TEXTUAL.has(settings.kind) ? '' : undefined
}

const TEXTUAL = new Set(['char', 'text', 'email', 'url', 'slug', 'file', 'image'])

function wholeNumber(value: number): number {
  if (Number.isSafeInteger(value) && value >= 0) return value
  throw new ImproperlyConfigured(`\`limit\` and \`offset\` are whole numbers from 0; got ${value}.`)
}

/** Runs of rows that fit one statement and agree on whether they bring their key. */
function* partsOf(rows: readonly RawRow[], meta: ModelMeta, maxParameters: number): Generator<RawRow[]> {
  const most = Math.max(1, Math.min(1000, Math.floor(maxParameters / Math.max(1, meta.columns.length))))
  const key = meta.primaryKey?.name
  let part: RawRow[] = []
  for (const row of rows) {
    const [first] = part
    if (first !== undefined && (part.length >= most || (key !== undefined && (first[key] === undefined) !== (row[key] === undefined)))) {
      yield part
      part = []
    }
    part.push(row)
  }
  if (part.length > 0) yield part
}
