import { describe, expect, test } from 'vitest'
import { foreignKey, integerField, model, portcullis } from '../../src/index.js'
import { eachSite, quick } from '../support/shop.js'

class Author extends model('press.Author', { fields: { age: integerField({ default: 1 }) } }) {}
class Chapter extends model('press.Chapter', { fields: { author: foreignKey(() => Author), novel: foreignKey('press.Novel') } }) {}
class Novel extends model('press.Novel', { fields: { author: foreignKey(() => Author) } }) {}
class Folder extends model('press.Folder', { fields: { parent: foreignKey('self', { null: true }) } }) {}
class Left extends model('press.Left', { fields: { right: foreignKey('press.Right', { null: true }) } }) {}
class Right extends model('press.Right', { fields: { left: foreignKey(() => Left) } }) {}

// MariaDB checks a foreign key row by row, the others when all is done (DM-6).
describe('a deletion', () => {
  eachSite(
    (database) => portcullis({ ...quick, database, models: [Author, Chapter, Novel, Folder, Left, Right] }),
    (open) => {
      test('takes what points to it in the order that foreign keys allow', async () => {
        const site = await open()
        const author = await site.objects(Author).create({})
        const novel = await site.objects(Novel).create({ author })
        await site.objects(Chapter).create({ author, novel })
        expect(await author.delete()).toEqual({ total: 3, byModel: { 'press.Author': 1, 'press.Novel': 1, 'press.Chapter': 1 } })
      })

      test('takes rows that point to each other, in a line and in a circle', async () => {
        const site = await open()
        const folders = site.objects(Folder)
        const top = await folders.create({})
        const middle = await folders.create({ parent: top })
        await folders.create({ parent: middle })
        expect((await folders.delete({})).total).toBe(3)
        const self = await folders.create({})
        await self.update({ parent: self })
        expect((await self.delete()).total).toBe(1)
        const one = await folders.create({})
        const other = await folders.create({ parent: one })
        await one.update({ parent: other })
        expect((await one.delete()).total).toBe(2)
        const left = await site.objects(Left).create({})
        const right = await site.objects(Right).create({ left })
        await left.update({ right })
        expect((await left.delete()).total).toBe(2)
      })
    },
  )
})
