/**
 * What a migration does, as a list of typed steps: each with the statements it runs and whether anything is lost by it.
 * @module
 */

/** What every step has. */
interface StepFacts {
  /** What it does, for people. */
  readonly description: string
  /** What it runs, in order. Empty for what is only reported. */
  readonly statements: readonly string[]
  /** Whether data or a rule of the database is lost. Such steps run only when told to: `migrate({ destructive: true })`. */
  readonly destructive: boolean
}

/** A table with its columns, indexes and unique sets. Foreign keys follow when every table is there. */
export interface CreateTable extends StepFacts {
  readonly kind: 'createTable'
  readonly table: string
}

/** A column; rows that exist get the declared default. */
export interface AddColumn extends StepFacts {
  readonly kind: 'addColumn'
  readonly table: string
  readonly column: string
}

/** A column's type or whether it may be null. Destructive unless everything that fitted before fits afterwards. */
export interface AlterColumn extends StepFacts {
  readonly kind: 'alterColumn'
  readonly table: string
  readonly column: string
}

/** An index. */
export interface CreateIndex extends StepFacts {
  readonly kind: 'createIndex'
  readonly table: string
  readonly columns: readonly string[]
}

/** A rule the database keeps from now on. */
export interface AddConstraint extends StepFacts {
  readonly kind: 'addConstraint'
  readonly table: string
  readonly columns: readonly string[]
  readonly constraint: 'unique' | 'foreignKey' | 'check'
}

/** Names in `django_migrations`, so that Django and the next run know. */
export interface RecordMigration extends StepFacts {
  readonly kind: 'recordMigration'
  readonly app: string
  readonly names: readonly string[]
}

/** A column that is no longer declared, with its data. */
export interface DropColumn extends StepFacts {
  readonly kind: 'dropColumn'
  readonly table: string
  readonly column: string
}

/** An index that is no longer declared. */
export interface DropIndex extends StepFacts {
  readonly kind: 'dropIndex'
  readonly table: string
  readonly columns: readonly string[]
}

/** A rule that is no longer declared. */
export interface DropConstraint extends StepFacts {
  readonly kind: 'dropConstraint'
  readonly table: string
  readonly columns: readonly string[]
  readonly constraint: 'unique' | 'foreignKey'
}

/** A table that is no longer declared, with its data. */
export interface DropTable extends StepFacts {
  readonly kind: 'dropTable'
  readonly table: string
}

/** Something that is there and not ours to change, with what differs from the declaration. */
export interface LeftAlone extends StepFacts {
  readonly kind: 'leftAlone'
  /** The app or the tables it is about. */
  readonly subject: string
  /** Why nobody touches it. */
  readonly reason: string
  /** How it differs from what is declared, a sentence each; empty when it fits. */
  readonly differences: readonly string[]
}

/** What cannot be done as things are, with the remedy. While there is one, `migrate()` does nothing and throws. */
export interface Blocked extends StepFacts {
  readonly kind: 'blocked'
  readonly table: string
  readonly remedy: string
}

/** A step of a migration. */
export type MigrationStep =
  | CreateTable
  | AddColumn
  | AlterColumn
  | CreateIndex
  | AddConstraint
  | RecordMigration
  | DropColumn
  | DropIndex
  | DropConstraint
  | DropTable
  | LeftAlone
  | Blocked
