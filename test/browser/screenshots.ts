/**
 * `npm run screenshots -- FOLDER`: a picture of every page of the demonstration in every state, and of its admin, on a desk and on a phone, by day and by night.
 * @module
 */

import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { launchBrowser, type Guest } from '../support/browser.js'
import { guestAs, lookAt, looks, scenes, type Who } from '../support/gallery.js'
import { adminScenes } from '../support/gallery-admin.js'
import { openShop } from '../support/shop-server.js'

const [folder, only = ''] = process.argv.slice(2)
if (folder === undefined) {
  console.error('Where to? npm run screenshots -- FOLDER [PART OF A NAME]')
  process.exit(2)
}
mkdirSync(folder, { recursive: true })

const shop = await openShop()
const browser = await launchBrowser()
const guests = new Map<Who, Promise<Guest>>()
for (const { name, who, open } of [...scenes, ...adminScenes].filter((scene) => scene.name.includes(only))) {
  const guest = guests.get(who) ?? guestAs(browser, shop, who)
  guests.set(who, guest)
  const { page } = await guest
  await open(page, shop)
  for (const look of looks) {
    await lookAt(page, look)
    await page.screenshot({ path: join(folder, `${name}-${look.name}.png`), fullPage: true })
  }
  console.log(name)
}
await browser.close()
await shop.close()
console.log(`They are in ${resolve(folder)}`)
