/**
 * What a command is given, whatever it does.
 * @module
 */

import type { Portcullis, SiteTypes } from '../site.js'
import type { Terminal } from './terminal.js'

/** A site of any models. */
export type Site = Portcullis<SiteTypes>

/** The surroundings of a command. */
export interface CommandContext {
  /** The site, loaded when it is first asked for. */
  site(): Promise<Site>
  /** The person at the keyboard, or the pipe in their place. */
  readonly terminal: Terminal
  /** Prints for people before the command is done; prints nothing with `--json`. */
  show(text: string): Promise<void>
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly workingDirectory: string
  /** The name of the account this process runs under; null where the system tells none. */
  readonly systemUser: string | null
}
