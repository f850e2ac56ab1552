import type { NextConfig } from 'next'

const config: NextConfig = {
  // One portcullis for the whole process: pages and handlers share its connection to the database.
  serverExternalPackages: ['portcullis'],
  // The account pages have a slash at the end, as in Django; without this Next redirects each of them.
  skipTrailingSlashRedirect: true,
}

export default config
