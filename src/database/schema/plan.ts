/**
 * A migration before it happens: what it would do, as typed steps, as text and as JSON.
 * @module
 */

import type { Blocked, LeftAlone, MigrationStep } from './steps.js'

/** What `JSON.stringify` makes of a plan. */
export interface MigrationPlanJson {
  readonly isEmpty: boolean
  readonly isDestructive: boolean
  readonly isBlocked: boolean
  readonly steps: readonly MigrationStep[]
}

/**
 * What a migration would do.
 *
 * @example
 * const plan = await schema.plan()
 * if (!plan.isEmpty) console.log(plan.toText())
 */
export class MigrationPlan {
  readonly steps: readonly MigrationStep[]

  constructor(steps: readonly MigrationStep[]) {
    this.steps = steps
  }

  /** Whether there is nothing to do; what is left alone does not count. */
  get isEmpty(): boolean {
    return this.steps.every((one) => one.kind === 'leftAlone')
  }

  /** Whether some of it runs only with `destructive: true`. */
  get isDestructive(): boolean {
    return this.steps.some((one) => one.destructive)
  }

  /** What stands in the way; `migrate()` throws while there is any. */
  get blocked(): readonly Blocked[] {
    return this.steps.filter((one) => one.kind === 'blocked')
  }

  /** What is there and nobody touches. */
  get leftAlone(): readonly LeftAlone[] {
    return this.steps.filter((one) => one.kind === 'leftAlone')
  }

  /** What would run: all of it, or without what is destructive. */
  work(options: { readonly destructive: boolean }): readonly MigrationStep[] {
    return this.steps.filter((one) => one.kind !== 'leftAlone' && one.kind !== 'blocked' && (options.destructive || !one.destructive))
  }

  /** For people: a line for each step, with its SQL below when asked; what nobody touches comes last. */
  toText(options: { readonly sql?: boolean } = {}): string {
    const inOrder = [...this.steps.filter((one) => one.kind !== 'leftAlone'), ...this.leftAlone]
    const lines = inOrder.flatMap((one) => [
      `${MARKS[one.kind] ?? (one.destructive ? '-' : '+')} ${one.description}${one.destructive ? ' (only with destructive: true)' : ''}`,
      ...(one.kind === 'leftAlone' ? one.differences.map((each) => `    ${each}`) : []),
      ...(one.kind === 'blocked' ? [`    ${one.remedy}`] : []),
      ...(options.sql === true ? one.statements.map((each) => `    ${each};`) : []),
    ])
    return (this.isEmpty ? ['Nothing to do.', ...lines] : lines).join('\n')
  }

  toJSON(): MigrationPlanJson {
    return { isEmpty: this.isEmpty, isDestructive: this.isDestructive, isBlocked: this.blocked.length > 0, steps: this.steps }
  }
}

/** `+` adds, `-` takes away, `=` stays as it is, `!` stands in the way. */
const MARKS: Partial<Record<MigrationStep['kind'], string>> = { leftAlone: '=', blocked: '!' }
