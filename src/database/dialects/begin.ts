/**
 * How a transaction begins on each engine.
 * @module
 */

import type { Engine, TransactionOptions } from './dialect.js'

/** The statements that open a transaction: the engine's usual for us, unless asked otherwise. */
export function beginStatements(engine: Engine, { isolationLevel, accessMode }: TransactionOptions): string[] {
  switch (engine) {
    case 'sqlite':
      // A transaction that starts reading and then writes fails at once when another process wrote in between, and no waiting helps.
      return [accessMode === 'read only' ? 'begin' : 'begin immediate']
    case 'mysql':
      // Django's choice (DM-16). This form holds for the next transaction only, so an application's connection stays as it was.
      return [
        `set transaction isolation level ${isolationLevel ?? 'read committed'}`,
        `start transaction${accessMode === undefined ? '' : ` ${accessMode}`}`,
      ]
    case 'postgres':
      return [`begin${isolationLevel === undefined ? '' : ` isolation level ${isolationLevel}`}${accessMode === undefined ? '' : ` ${accessMode}`}`]
  }
}
