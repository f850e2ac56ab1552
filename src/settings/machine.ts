/**
 * The machine that a site runs on, as far as checks of a deployment look at it.
 * @module
 */

/** The machine, as far as it matters. */
export interface Machine {
  /** Such as `24.21.0`. */
  readonly nodeVersion: string
  readonly environment: Readonly<Record<string, string | undefined>>
  /** What Node itself was started with. */
  readonly nodeArguments: readonly string[]
  /** Whether a package can be loaded. */
  hasPackage(name: string): boolean
}
