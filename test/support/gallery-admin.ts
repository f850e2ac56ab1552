/**
 * Pages of the demonstration's admin, for looking at them. What they are held to is tested beside what they do, in test/browser/admin*.
 * @module
 */

import type { Scene } from './gallery.js'

const at =
  (path: string): Scene['open'] =>
  async (page) => {
    await page.goto(path)
  }

/** The page of somebody in the list of users. */
const ofUser =
  (name: string, page: string): Scene['open'] =>
  async (browser) => {
    await browser.goto(`/admin/shop/user/?q=${name}`)
    const address = await browser.locator('tbody th[scope=row] a').first().getAttribute('href')
    await browser.goto(`${address?.replace(/change\/.*$/, '')}${page}/`)
  }

const ofRoot: readonly Omit<Scene, 'who'>[] = [
  { name: 'admin-index', shows: 'What you did last', open: at('/admin/') },
  { name: 'admin-users', shows: 'ada', open: at('/admin/shop/user/') },
  { name: 'admin-user-add', shows: 'First a name and a password', open: at('/admin/shop/user/add/') },
  { name: 'admin-user', shows: 'Personal info', open: ofUser('ada', 'change') },
  { name: 'admin-user-password', shows: 'choose one', open: ofUser('ada', 'password') },
  { name: 'admin-user-permissions', shows: 'What ada may', open: ofUser('ada', 'permissions') },
  { name: 'admin-user-sessions', shows: 'Sessions', open: ofUser('root', 'sessions') },
  { name: 'admin-user-history', shows: 'History', open: ofUser('ada', 'history') },
  { name: 'admin-user-security', shows: 'Security', open: ofUser('ada', 'security') },
  { name: 'admin-events', shows: 'Security events', open: at('/admin/portcullis/event/') },
  { name: 'admin-lockouts', shows: 'Lockouts', open: at('/admin/portcullis/lockout/') },
  { name: 'admin-groups', shows: 'Groups', open: at('/admin/auth/group/') },
  { name: 'admin-matrix', shows: 'What each group grants', open: at('/admin/auth/group/matrix/') },
  {
    name: 'admin-user-preview',
    shows: 'gains',
    async open(browser, shop) {
      await ofUser('grace', 'change')(browser, shop)
      await browser.getByLabel('Superuser status').check()
      await browser.getByRole('button', { name: 'Save', exact: true }).last().click()
      await browser.waitForLoadState()
    },
  },
  { name: 'admin-products', shows: 'Products', open: at('/admin/shop/product/') },
  { name: 'admin-product-add', shows: 'Add product', open: at('/admin/shop/product/add/') },
]

/** All of them, as the superuser sees them. */
export const adminScenes: readonly Scene[] = ofRoot.map((scene) => ({ ...scene, who: 'root' }))
