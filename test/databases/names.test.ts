import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { portcullis, ValidationError } from '../../src/index.js'
import { eachSite, quick } from '../support/shop.js'
import { readVectors } from '../support/vectors.js'

interface UsernameCase {
  readonly id: string
  readonly input: string
  readonly normalized: string
}

interface EmailCase {
  readonly id: string
  readonly kind: 'normalize' | 'valid' | 'same'
  readonly input: string | null
  readonly output: string
}

const usernames = readVectors<UsernameCase>('usernames')
const emails = readVectors<EmailCase>('emails').filter((one) => one.kind === 'normalize')

/** What the column takes: text that all engines can hold, of at most so many characters. */
function fits(text: string, length: number): boolean {
  return text !== '' && text.isWellFormed() && !text.includes('\0') && [...text].length <= length
}

describe('names on every database', () => {
  eachSite(
    (database) => portcullis({ ...quick, database }),
    (open, engine) => {
      test('every name is stored as Django stores it, found by it, and refused where no column holds it', async () => {
        const site = await open()
        // Many of these names differ by case, accents or width alone, which MariaDB's usual collation holds for the same (DM-13).
        if (engine.engine === 'mysql')
          await site.internals.registry.database.execute(sql`alter table auth_user convert to character set utf8mb4 collate utf8mb4_nopad_bin`)
        const taken = new Set<string>()
        let stored = 0
        for (const { id, input, normalized } of usernames) {
          if (taken.has(normalized)) continue
          taken.add(normalized)
          if (!fits(normalized, 150)) {
            await expect(site.users.createUser({ username: input }), id).rejects.toThrow(ValidationError)
            continue
          }
          const user = await site.users.createUser({ username: input })
          const read = await site.users.getByNaturalKey(normalized)
          expect([id, user.username, read.username, read.pk]).toEqual([id, normalized, normalized, user.pk])
          stored += 1
        }
        expect(stored).toBeGreaterThan(400)
        expect(await site.users.count()).toBe(stored)
        await site.users.delete({})
      })

      test('every address is stored as Django stores it', async () => {
        const site = await open()
        const user = await site.users.createUser({ username: 'ada' })
        let stored = 0
        for (const { id, input, output } of emails) {
          if (output !== '' && !fits(output, 254)) {
            await expect(user.update({ email: input ?? '' }), id).rejects.toThrow(ValidationError)
            continue
          }
          await user.update({ email: input ?? '' })
          expect([id, (await site.users.get({ username: 'ada' })).email]).toEqual([id, output])
          stored += 1
        }
        expect(stored).toBeGreaterThan(60)
        await user.delete()
      })
    },
  )
})
