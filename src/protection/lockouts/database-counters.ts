/**
 * Tries counted in a table: one statement each, which looks and writes in one step on every engine.
 * @module
 */

import { sql, type RawBuilder } from 'kysely'
import type { Database } from '../../database/database.js'
import { answeringUpsert, answerOf } from '../../database/dialects/answering-upsert.js'
import { StatementCache } from '../../database/statements.js'
import { countTry, type CounterName, type CounterRule, type Counters, type StoredCounter, type Taken } from './counter-rule.js'

/** Above any count: an answer beyond it is the moment until which to wait, moved up by this much. */
const REFUSED = 1_000_000_000_000_000

/** Rows at once when what has expired is cleared away. */
const ROWS_AT_ONCE = 500

interface Row {
  readonly counter: string
  readonly kind: string
  readonly account: string
  readonly address: string
  readonly tries: number | bigint
  readonly free_at: number | bigint
  readonly forget_at: number | bigint
  readonly seen: number | bigint
}

/** Counters in one of our own tables. */
export class DatabaseCounters implements Counters {
  readonly #database: Database
  readonly #statements: StatementCache
  readonly #table: 'portcullis_attempt' | 'portcullis_rate_limit'

  constructor(database: Database, table: 'portcullis_attempt' | 'portcullis_rate_limit') {
    this.#database = database
    this.#statements = new StatementCache(database)
    this.#table = table
  }

  async take(name: CounterName, rule: CounterRule, now: number): Promise<Taken> {
    const first = countTry(null, rule, now).state
    const row = {
      counter: name.counter,
      kind: name.kind,
      account: name.account,
      address: name.address,
      tries: 1,
      free_at: first?.freeAt ?? 0,
      forget_at: first?.forgetAt ?? now,
      seen: now,
    }
    const shape = `take ${rule.limit} ${rule.waits.join(' ')} in ${rule.memory}`
    const answer = answerOf(await this.#statements.run(shape, Object.values(row), () => takeStatement(this.#database, this.#table, row, rule)))
    if (answer > REFUSED) return { admitted: false, number: 0, freeAt: answer - REFUSED }
    return { admitted: true, number: answer, freeAt: await this.#freeAtAfter(name, rule, answer, now) }
  }

  async giveBack({ counter }: CounterName, taken: Taken): Promise<void> {
    const table = sql.table(this.#table)
    await this.#statements.run(
      'give back',
      [taken.freeAt, counter],
      () => sql`update ${table} set tries = tries - 1, free_at = case when free_at = ${taken.freeAt} then 0 else free_at end
        where counter = ${counter} and tries > 0`,
    )
  }

  async forget({ counter }: CounterName): Promise<void> {
    await this.#statements.run('forget', [counter], () => sql`delete from ${sql.table(this.#table)} where counter = ${counter}`)
  }

  async forgetAll(of: { readonly account: string } | { readonly address: string }): Promise<number> {
    const where = 'account' in of ? sql`account = ${of.account}` : sql`address = ${of.address}`
    return this.#database.executeCount(sql`delete from ${sql.table(this.#table)} where ${where}`)
  }

  async waiting(now: number, { account, limit }: { readonly account?: string; readonly limit: number }): Promise<readonly StoredCounter[]> {
    const ofAccount = account === undefined ? sql`` : sql`and account = ${account}`
    const rows = await this.#database.execute<Row>(
      sql<Row>`select * from ${sql.table(this.#table)} where free_at > ${now} ${ofAccount} order by free_at desc, counter limit ${limit}`,
    )
    return rows.map(readRow)
  }

  async clearExpired(now: number): Promise<number> {
    let cleared = 0
    for (;;) {
      const table = sql.table(this.#table)
      const rows = await this.#database.execute<{ counter: string }>(
        sql<{ counter: string }>`select counter from ${table} where forget_at <= ${now} and free_at <= ${now} limit ${ROWS_AT_ONCE}`,
      )
      if (rows.length === 0) return cleared
      // Asked again while deleting: somebody may have tried meanwhile.
      cleared += await this.#database.executeCount(
        sql`delete from ${table} where counter in (${sql.join(rows.map((one) => one.counter))}) and forget_at <= ${now} and free_at <= ${now}`,
      )
      if (rows.length < ROWS_AT_ONCE) return cleared
    }
  }

  /** When the wait ends that this try begins. A window ends when it ends, which only the row knows; but nobody asks before it is used up. */
  async #freeAtAfter({ counter }: CounterName, rule: CounterRule, number: number, now: number): Promise<number> {
    if (rule.waits.length > 0) return countTry({ tries: number - 1, freeAt: 0, forgetAt: Number.POSITIVE_INFINITY }, rule, now).taken.freeAt
    if (number < rule.limit) return 0
    const { rows } = await this.#statements.run<Pick<Row, 'free_at'>>(
      'free at',
      [counter],
      () => sql`select free_at from ${sql.table(this.#table)} where counter = ${counter}`,
    )
    return Number(rows[0]?.free_at ?? 0)
  }
}

/** What `countTry` does, in SQL. The numbers of the rule are written into the text: they were checked to be whole numbers. */
function takeStatement(database: Database, table: string, row: Readonly<Record<string, unknown>>, rule: CounterRule): RawBuilder<unknown> {
  const number = (value: number): RawBuilder<unknown> => sql.raw(String(value))
  const memory = number(rule.memory * 1000)
  const refused = number(REFUSED)
  return answeringUpsert(database.dialect, {
    table,
    key: 'counter',
    row,
    answer: 'answer',
    first: 1,
    next: (old, given) =>
      sql`case when ${old('free_at')} > ${given('seen')} then ${refused} + ${old('free_at')} when ${old('forget_at')} <= ${given('seen')} then 1 else ${old('tries')} + 1 end`,
    changes: (answer, old, given) => {
      const unlessRefused = (column: string, value: RawBuilder<unknown>): readonly [string, RawBuilder<unknown>] => [
        column,
        sql`case when ${answer} > ${refused} then ${old(column)} else ${value} end`,
      ]
      const tries = unlessRefused('tries', answer)
      const seen = ['seen', given('seen')] as const
      if (rule.waits.length === 0) {
        const end = sql`case when ${answer} = 1 then ${given('seen')} + ${memory} else ${old('forget_at')} end`
        return [
          tries,
          unlessRefused('free_at', sql`case when ${answer} >= ${number(rule.limit)} then ${end} else 0 end`),
          unlessRefused('forget_at', end),
          seen,
        ]
      }
      const wait = waitStatement(rule, answer)
      return [
        tries,
        unlessRefused('free_at', sql`case when ${wait} = 0 then 0 else ${given('seen')} + ${wait} end`),
        unlessRefused('forget_at', sql`${given('seen')} + ${memory} + ${wait}`),
        seen,
      ]
    },
  })
}

/** `waitAfter`, in SQL. */
function waitStatement({ limit, waits }: CounterRule, answer: RawBuilder<unknown>): RawBuilder<unknown> {
  const steps = waits.map((seconds, index) => sql`when ${answer} >= ${sql.raw(String(limit * (index + 1)))} then ${sql.raw(String(seconds * 1000))}`)
  return sql`(case when ${answer} % ${sql.raw(String(limit))} <> 0 then 0 ${sql.join(steps.toReversed(), sql` `)} else 0 end)`
}

function readRow(row: Row): StoredCounter {
  const { counter, kind, account, address } = row
  return {
    counter,
    kind,
    account,
    address,
    tries: Number(row.tries),
    freeAt: Number(row.free_at),
    forgetAt: Number(row.forget_at),
    seen: Number(row.seen),
  }
}
