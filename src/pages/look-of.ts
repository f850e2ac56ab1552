/**
 * How the pages of one site look: its templates, and where its stylesheets and scripts are.
 * @module
 */

import type { SettledPages } from './options.js'
import type { SiteView } from './props.js'
import type { Look } from './templates.js'

/** What pages below `base` are rendered with. */
export function lookOf(pages: SettledPages, base: string): Look {
  const at = ({ name }: { readonly name: string }): string => `${base}/static/${name}`
  return {
    templates: pages.templates,
    layout: pages.layout,
    stylesheets: [at(pages.stylesheet), ...pages.stylesheets],
    scripts: [at(pages.script), ...pages.scripts],
    icon: at(pages.icon),
    theme: pages.theme,
  }
}

/** How the site names itself. */
export function siteView(pages: SettledPages): SiteView {
  return { name: pages.siteName, url: pages.homeUrl, logo: pages.logo, language: pages.language }
}
