/**
 * What Django does by default where its releases differ. A site that shares its database with a Django takes that Django's row.
 * @module
 */

/** A Django release that a site may share its database with. */
export type DjangoRelease = '5.2' | '6.0' | '6.1'

/** The defaults that differ between releases. */
export interface DjangoDefaults {
  /** PBKDF2 iterations of new hashes. Each side replaces at login a hash whose count differs from its own, so both must agree (H-1). */
  readonly pbkdf2Iterations: number
  /** Whether a signed cookie made with the old salt (name and salt run together, CVE-2026-6873) is still accepted. */
  readonly signedCookieLegacySaltFallback: boolean
}

/**
 * The defaults of each release.
 *
 * @example
 * djangoReleases['5.2'].pbkdf2Iterations   // 1000000
 */
export const djangoReleases: Readonly<Record<DjangoRelease, DjangoDefaults>> = {
  '5.2': { pbkdf2Iterations: 1_000_000, signedCookieLegacySaltFallback: true },
  '6.0': { pbkdf2Iterations: 1_200_000, signedCookieLegacySaltFallback: true },
  '6.1': { pbkdf2Iterations: 1_500_000, signedCookieLegacySaltFallback: false },
}

/** The newest release in the table: what a site takes that shares its database with no Django. */
export const NEWEST_DJANGO: DjangoRelease = '6.1'
