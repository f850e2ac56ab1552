import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { eachDatabase } from '../../test/support/databases.js'
import { openDatabase, type Database } from './database.js'

/** Names written to a table of their own. */
async function notes(
  open: () => Promise<Database>,
): Promise<{ database: Database; add: (name: string) => Promise<unknown>; names: () => Promise<string[]> }> {
  const database = await open()
  await database.execute(sql`create table note (name varchar(50) not null primary key)`)
  return {
    database,
    add: (name) => database.execute(sql`insert into note (name) values (${name})`),
    names: async () => (await database.execute<{ name: string }>(sql`select name from note order by name`)).map((row) => row.name),
  }
}

eachDatabase((_name, open, engine) => {
  describe('atomic', () => {
    test('keeps everything, or nothing when it throws', async () => {
      const { database, add, names } = await notes(open)
      expect(
        await database.atomic(async () => {
          await add('a')
          return add('b').then(() => 'done')
        }),
      ).toBe('done')
      await expect(
        database.atomic(async () => {
          await add('c')
          throw new Error('changed my mind')
        }),
      ).rejects.toThrow('changed my mind')
      expect(await names()).toEqual(['a', 'b'])
    })

    test('an error undoes the inner block only, when the outer one catches it', async () => {
      const { database, add, names } = await notes(open)
      await database.atomic(async () => {
        await add('outer')
        await expect(
          database.atomic(async () => {
            await add('inner')
            await database.atomic(() => add('innermost'))
            throw new Error('no')
          }),
        ).rejects.toThrow('no')
        await database.atomic(() => add('second'))
        await expect(database.atomic(() => add('outer'))).rejects.toMatchObject({ name: 'UniqueViolation' })
        await add('last')
      })
      expect(await names()).toEqual(['last', 'outer', 'second'])
    })

    test('an error of the outer block undoes inner ones that were done', async () => {
      const { database, add, names } = await notes(open)
      await expect(
        database.atomic(async () => {
          await database.atomic(() => add('inner'))
          throw new Error('no')
        }),
      ).rejects.toThrow('no')
      expect(await names()).toEqual([])
    })

    test('statements started together run one after another', async () => {
      const { database, add, names } = await notes(open)
      await database.atomic(async () => {
        await Promise.all(Array.from({ length: 30 }, (_, index) => add(`n${index}`)))
      })
      expect(await names()).toHaveLength(30)
    })

    test('blocks started together inside one undo their own work only', async () => {
      const { database, add, names } = await notes(open)
      await database.atomic(async () => {
        const outcomes = await Promise.allSettled(
          Array.from({ length: 12 }, (_, index) =>
            database.atomic(async () => {
              await add(`a${index}`)
              await sleep(Math.random() * 5)
              await database.atomic(() => add(`b${index}`))
              if (index % 3 === 0) throw new Error('third')
            }),
          ).concat([add('beside').then(() => {})]),
        )
        expect(outcomes.filter((one) => one.status === 'rejected')).toHaveLength(4)
      })
      const kept = Array.from({ length: 12 }, (_, index) => index).filter((index) => index % 3 !== 0)
      expect(await names()).toEqual([...kept.flatMap((index) => [`a${index}`, `b${index}`]), 'beside'].sort())
    })

    test('blocks started together outside of one do not see each other', async () => {
      const { database, add, names } = await notes(open)
      const outcomes = await Promise.allSettled(
        Array.from({ length: 12 }, (_, index) =>
          database.atomic(async () => {
            await add(`a${index}`)
            await sleep(Math.random() * 5)
            await add(`b${index}`)
            if (index % 2 === 0) throw new Error('even')
          }),
        ),
      )
      expect(outcomes.filter((one) => one.status === 'rejected')).toHaveLength(6)
      expect(await names()).toHaveLength(12)
      expect((await names()).filter((name) => name.endsWith('4'))).toEqual([])
    })

    test('a statement of another context is not part of it', async () => {
      const { database, add, names } = await notes(open)
      let outside: Promise<unknown> = Promise.resolve()
      const started = Promise.withResolvers<void>()
      const elsewhere = started.promise.then(() => {
        outside = add('outside')
      })
      await expect(
        database.atomic(async () => {
          await add('inside')
          started.resolve()
          await sleep(10)
          throw new Error('no')
        }),
      ).rejects.toThrow('no')
      await elsewhere
      await outside
      expect(await names()).toEqual(['outside'])
    })

    test('what goes on after it ended uses a connection of its own', async () => {
      const { database, add, names } = await notes(open)
      let late: Promise<unknown> = Promise.resolve()
      let lateBlock: Promise<unknown> = Promise.resolve()
      const ended = Promise.withResolvers<void>()
      await expect(
        database.atomic(async () => {
          late = ended.promise.then(() => add('late'))
          lateBlock = ended.promise.then(() => database.atomic(() => add('late block')))
          await database.atomic(async () => {
            await add('lost')
          })
          throw new Error('no')
        }),
      ).rejects.toThrow('no')
      ended.resolve()
      await Promise.all([late, lateBlock])
      expect((await names()).toSorted()).toEqual(['late', 'late block'])
    })

    test('a statement that was started but not awaited is still part of it', async () => {
      const { database, add, names } = await notes(open)
      let forgotten: Promise<unknown> = Promise.resolve()
      await expect(
        database.atomic(async () => {
          forgotten = add('forgotten')
          throw new Error('no')
        }),
      ).rejects.toThrow('no')
      await forgotten
      expect(await names()).toEqual([])
    })

    test('a block that was started but not awaited is finished before the commit', async () => {
      const { database, add, names } = await notes(open)
      let forgotten: Promise<unknown> = Promise.resolve()
      const run = (fails: boolean): Promise<void> =>
        database.atomic(async () => {
          const begun = Promise.withResolvers<void>()
          forgotten = database.atomic(async () => {
            await add('first')
            begun.resolve()
            await sleep(20)
            await add('second')
          })
          await begun.promise
          if (fails) throw new Error('no')
        })
      await expect(run(true)).rejects.toThrow('no')
      await forgotten
      expect(await names()).toEqual([])
      await run(false)
      expect(await names()).toEqual(['first', 'second'])
    })

    test('knows whether the caller is inside', async () => {
      const { database } = await notes(open)
      expect(database.isInAtomic).toBe(false)
      await database.atomic(async () => {
        expect(database.isInAtomic).toBe(true)
        await database.atomic(async () => expect(database.isInAtomic).toBe(true))
        expect(database.isInAtomic).toBe(true)
      })
      expect(database.isInAtomic).toBe(false)
    })

    test('two hundred at once get through', async () => {
      const { database, add, names } = await notes(open)
      await Promise.all(Array.from({ length: 200 }, (_, index) => database.atomic(() => add(`n${index}`))))
      expect(await names()).toHaveLength(200)
    })
  })

  describe('onCommit', () => {
    test('waits for the outermost commit, in the order asked, and is forgotten by a rollback', async () => {
      const { database, add } = await notes(open)
      const heard: string[] = []
      await database.onCommit(() => {
        heard.push('at once')
      })
      await database.atomic(async () => {
        await database.onCommit(() => {
          heard.push('first')
        })
        await database.atomic(async () =>
          database.onCommit(() => {
            heard.push('second')
          }),
        )
        await database
          .atomic(async () => {
            await database.onCommit(() => {
              heard.push('never')
            })
            throw new Error('no')
          })
          .catch(() => {})
        await database.onCommit(() => {
          heard.push('third')
        })
        await add('a')
        expect(heard).toEqual(['at once'])
      })
      await database
        .atomic(async () => {
          await database.onCommit(() => {
            heard.push('never either')
          })
          throw new Error('no')
        })
        .catch(() => {})
      expect(heard).toEqual(['at once', 'first', 'second', 'third'])
    })

    test('finds the change committed and may write itself', async () => {
      const { database, add, names } = await notes(open)
      const seen: string[][] = []
      await database.atomic(async () => {
        await database.onCommit(async () => {
          expect(database.isInAtomic).toBe(false)
          seen.push(await names())
          await database.atomic(() => add('b'))
        })
        await add('a')
      })
      expect(seen).toEqual([['a']])
      expect(await names()).toEqual(['a', 'b'])
    })

    test('an error in one reaches the caller, after the others ran', async () => {
      const { database, add, names } = await notes(open)
      const heard: string[] = []
      await expect(
        database.atomic(async () => {
          await database.onCommit(() => {
            throw new Error('callback')
          })
          await database.onCommit(() => {
            heard.push('other')
          })
          await add('a')
        }),
      ).rejects.toThrow('callback')
      expect(heard).toEqual(['other'])
      expect(await names()).toEqual(['a'])
    })
  })

  describe('a transaction of Kysely', () => {
    test('is a savepoint inside atomic()', async () => {
      const { database, add, names } = await notes(open)
      const db = database.kysely
      await database.atomic(async () => {
        await db.transaction().execute(async (trx) => trx.insertInto('note').values({ name: 'kept' }).execute())
        await expect(
          db.transaction().execute(async (trx) => {
            await trx.insertInto('note').values({ name: 'undone' }).execute()
            await add('undone too')
            throw new Error('no')
          }),
        ).rejects.toThrow('no')
        await add('after')
      })
      expect(await names()).toEqual(['after', 'kept'])
    })

    test('is joined by atomic() and by statements inside it', async () => {
      const { database, add, names } = await notes(open)
      const db = database.kysely
      const heard: string[] = []
      await expect(
        db.transaction().execute(async (trx) => {
          expect(database.isInAtomic).toBe(true)
          await add('a')
          await database.atomic(async () => {
            await trx.insertInto('note').values({ name: 'b' }).execute()
            await db.insertInto('note').values({ name: 'c' }).execute()
          })
          await database.onCommit(() => {
            heard.push('never')
          })
          throw new Error('no')
        }),
      ).rejects.toThrow('no')
      expect(await names()).toEqual([])
      await db.transaction().execute(async (trx) => {
        await database.onCommit(async () => {
          heard.push(`committed ${(await names()).join()}`)
        })
        await trx.insertInto('note').values({ name: 'd' }).execute()
      })
      expect([heard, await names()]).toEqual([['committed d'], ['d']])
      expect(database.isInAtomic).toBe(false)
    })

    test('two at once stay apart', async () => {
      const { database, names } = await notes(open)
      const run = (name: string, fails: boolean): Promise<void> =>
        database.kysely.transaction().execute(async (trx) => {
          await trx.insertInto('note').values({ name }).execute()
          await sleep(10)
          await database.atomic(() => database.execute(sql`insert into note (name) values (${`${name} 2`})`))
          if (fails) throw new Error('no')
        })
      await Promise.allSettled([run('a', true), run('b', false), run('c', true), run('d', false)])
      expect(await names()).toEqual(['b', 'b 2', 'd', 'd 2'])
    })

    test('started by hand, has savepoints and its own statements', async () => {
      const { database, names } = await notes(open)
      const trx = await database.kysely.startTransaction().execute()
      await trx.insertInto('note').values({ name: 'a' }).execute()
      const saved = await trx.savepoint('here').execute()
      await saved.insertInto('note').values({ name: 'b' }).execute()
      await saved.rollbackToSavepoint('here').execute()
      await trx.insertInto('note').values({ name: 'c' }).execute()
      await trx.commit().execute()
      expect(await names()).toEqual(['a', 'c'])
      const inside = await database.atomic(async () => {
        const own = await database.kysely.startTransaction().execute()
        await own.insertInto('note').values({ name: 'd' }).execute()
        await own.rollback().execute()
        return names()
      })
      expect(inside).toEqual(['a', 'c'])
    })

    test('inside another cannot have an isolation level of its own', async () => {
      const { database } = await notes(open)
      await expect(
        database.atomic(() =>
          database.kysely
            .transaction()
            .setIsolationLevel('serializable')
            .execute(async () => {}),
        ),
      ).rejects.toThrow('outermost')
      expect(
        await database.kysely
          .transaction()
          .setIsolationLevel('serializable')
          .execute(async () => 'ran'),
      ).toBe('ran')
    })

    test('its object is of no use after the end', async () => {
      const { database, names } = await notes(open)
      const leaked: { run?: () => Promise<unknown> } = {}
      await database.kysely.connection().execute(async (connection) => {
        leaked.run = () => connection.insertInto('note').values({ name: 'leaked' }).execute()
      })
      await expect(leaked.run?.()).rejects.toThrow('given back')
      expect(await names()).toEqual([])
    })
  })

  test('streams rows in parts, and the loop may write', async () => {
    const { database, add, names } = await notes(open)
    for (let index = 0; index < 5; index += 1) await add(`n${index}`)
    const seen: unknown[] = []
    for await (const row of database.kysely.selectFrom('note').selectAll().orderBy('name').stream(2)) {
      seen.push(row['name'])
      await database.execute(sql`insert into note (name) values (${`copy of ${String(row['name'])}`})`)
    }
    expect(seen).toEqual(['n0', 'n1', 'n2', 'n3', 'n4'])
    await database.atomic(async () => {
      for await (const row of database.kysely.selectFrom('note').select('name').where('name', 'like', 'copy%').orderBy('name').stream(2)) {
        await database.execute(sql`delete from note where name = ${row['name']}`)
        if (row['name'] === 'copy of n3') break
      }
    })
    expect(await names()).toEqual(['copy of n4', 'n0', 'n1', 'n2', 'n3', 'n4'])
  })

  test('tells every statement to who listens, and not what opens and closes transactions', async () => {
    const { database, add } = await notes(open)
    const heard: unknown[] = []
    const stop = database.onStatement((text, parameters) => heard.push([text, parameters]))
    await database.atomic(() => database.atomic(() => add('a')))
    await database.kysely.selectFrom('note').select('name').where('name', '=', 'a').execute()
    await database.withLock('x', async () => {})
    stop()
    await add('b')
    expect(heard).toEqual([
      [expect.stringContaining('insert into note'), ['a']],
      [expect.stringContaining('select'), ['a']],
    ])
  })

  test('is closed once and then refuses', async () => {
    const { database } = await notes(open)
    await database.close()
    await database.close()
    await expect(database.execute(sql`select 1`)).rejects.toThrow('closed')
    await expect(database.kysely.selectFrom('note').selectAll().execute()).rejects.toThrow()
    const never = openDatabase((await engine.create()).source())
    await never.close()
  })
})
