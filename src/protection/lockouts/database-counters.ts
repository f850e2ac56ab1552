/**
 * Tries counted in a table: one statement each, which looks and writes in one step on every engine.
 * @module
 */

import { sql, type RawBuilder } from 'kysely'
import { pause } from '../../base/pause.js'
import type { Database } from '../../database/database.js'
import { answeringUpsert, answerOf } from '../../database/dialects/answering-upsert.js'
import { StatementCache } from '../../database/statements.js'
import { countTry, waitAfter, type CounterName, type CounterRule, type Counters, type StoredCounter, type Taken } from './counter-rule.js'

/** Above any count: an answer beyond it is the last try of a window, and the moment when that ends, moved up by this much. */
const FULL = 1_000_000_000_000_000
/** An answer beyond this one is a try that was refused, and the moment until which to wait. */
const REFUSED = 2_000_000_000_000_000

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
    if (answer > FULL) return { admitted: true, number: rule.limit, freeAt: answer - FULL }
    if (answer === 1) return { admitted: true, number: 1, freeAt: first?.freeAt ?? 0 }
    const wait = rule.waits.length === 0 ? 0 : waitAfter(rule, answer)
    return { admitted: true, number: answer, freeAt: wait === 0 ? 0 : now + wait }
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

  async forgetWaiting({ counter }: CounterName, freeAt: number): Promise<boolean> {
    return (await this.#database.executeCount(sql`delete from ${sql.table(this.#table)} where counter = ${counter} and free_at = ${freeAt}`)) === 1
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
      await pause()
    }
  }
}

/** What `countTry` does, in SQL. The numbers of the rule are written into the text: they were checked to be whole numbers. */
function takeStatement(database: Database, table: string, row: Readonly<Record<string, unknown>>, rule: CounterRule): RawBuilder<unknown> {
  const isWindow = rule.waits.length === 0
  const [refused, full, memory, limit] = [REFUSED, FULL, rule.memory * 1000, rule.limit].map(whole) as [Sql, Sql, Sql, Sql]
  return answeringUpsert(database.dialect, {
    table,
    key: 'counter',
    row,
    answer: 'answer',
    first: 1,
    next: (old, given) => {
      const last = isWindow ? sql`when ${old('tries')} + 1 >= ${limit} then ${full} + ${old('forget_at')}` : sql``
      return sql`case when ${old('free_at')} > ${given('seen')} then ${refused} + ${old('free_at')}
        when ${old('forget_at')} <= ${given('seen')} or ${old('tries')} = 0 then 1 ${last} else ${old('tries')} + 1 end`
    },
    changes: (answer, old, given) => {
      const unlessRefused = (column: string, value: Sql): readonly [string, Sql] => [
        column,
        sql`case when ${answer} > ${refused} then ${old(column)} ${value} end`,
      ]
      const wait = waitStatement(rule, answer)
      const isLast = sql`when ${answer} > ${full} then ${answer} - ${full}`
      const end = sql`${given('seen')} + ${memory}`
      return [
        unlessRefused('tries', sql`when ${answer} > ${full} then ${limit} else ${answer}`),
        unlessRefused(
          'free_at',
          !isWindow ? sql`when ${wait} > 0 then ${given('seen')} + ${wait} else 0` : rule.limit === 1 ? sql`else ${end}` : sql`${isLast} else 0`,
        ),
        unlessRefused('forget_at', isWindow ? sql`${isLast} when ${answer} = 1 then ${end} else ${old('forget_at')}` : sql`else ${end} + ${wait}`),
        ['seen', given('seen')],
      ]
    },
  })
}

/** `waitAfter`, in SQL. */
function waitStatement({ limit, waits }: CounterRule, answer: Sql): Sql {
  const steps = waits.map((seconds, index) => sql`when ${answer} >= ${whole(limit * (index + 1))} then ${whole(seconds * 1000)}`)
  return sql`(case when ${answer} % ${whole(limit)} <> 0 then 0 ${sql.join(steps.toReversed(), sql` `)} else 0 end)`
}

type Sql = RawBuilder<unknown>

function whole(value: number): Sql {
  return sql.raw(String(value))
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
