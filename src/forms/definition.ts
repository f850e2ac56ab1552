/**
 * How a form is declared, and how what arrived goes through it: each field, then the form as a whole, then the model, in Django's order.
 * @module
 */

import { problem, type Problem } from '../base/errors.js'
import type { MessageKey, MessageParams } from '../base/messages.js'
import type { UploadedFile } from '../protection/body/request-data.js'
import { FileChange } from './file-input.js'
import { problemsOf, type FormField } from './form-field.js'
import type { FormInput } from './form-input.js'
import { NON_FIELD_ERRORS, type FormRequest } from './form-types.js'

/** Values by property name; no prototype, because names are data. */
export type FormValues = Record<string, unknown>

/** What a form is about, once it is known. */
export interface Subject<Context> {
  readonly context: Context
  readonly request: FormRequest | null
  readonly initial: Readonly<FormValues>
}

/** A declared form. */
export interface FormDefinition<Context, Saved> {
  /** The words on the button. */
  readonly submit: MessageKey
  /** The form changes something that is there: JSON that does not name a field leaves it as it is. */
  readonly isChange?: boolean
  /** Settles what the form was told, such as whose it is. */
  prepare(given: Readonly<Record<string, unknown>>, request: FormRequest | null): Context
  /** Loads what the form is about. Such a form is blank only after a while: `await Form.blank(…)`. */
  load?(context: Context): Promise<Context>
  fields(context: Context): readonly FormField[]
  /** Values the form starts from. */
  initial?(context: Context): Readonly<FormValues>
  /** After the fields: what concerns several of them. */
  clean?(run: Validation<Context>): void | Promise<void>
  /** After the model: what is taken already, what rules say of a password, who it is. */
  complete?(run: Validation<Context>): void | Promise<void>
  /** Which properties changed, where comparing values does not tell. */
  changed?(run: Validation<Context>): readonly string[]
  save(run: Validation<Context>): Promise<Saved>
  /** What a valid form has beyond the usual. */
  extras?(run: Validation<Context>): object
}

/** Data on its way through a form. */
export class Validation<Context> {
  readonly subject: Subject<Context>
  readonly fields: readonly FormField[]
  readonly input: FormInput
  /** What passed so far. */
  readonly values: FormValues = Object.create(null) as FormValues
  /** What passed the form's own checks, whatever the model said of it: rules about the whole look at this. */
  formValues: Readonly<FormValues> = {}
  /** Kept for `complete` and `save`: what was found on the way. */
  readonly notes = new Map<string, unknown>()
  /** Names that were sent and belong to no field. */
  readonly beside: readonly string[]
  readonly #problems: Problem[] = []
  readonly #unsent = new Set<string>()

  constructor(subject: Subject<Context>, fields: readonly FormField[], input: FormInput) {
    this.subject = subject
    this.fields = fields
    this.input = input
    this.beside = input.namesBeside(fields)
  }

  get context(): Context {
    return this.subject.context
  }

  get request(): FormRequest | null {
    return this.subject.request
  }

  get problems(): readonly Problem[] {
    return this.#problems
  }

  /** Names that JSON holds and the form does not: refused there, because whoever writes a program should hear of it (I11). */
  get unknown(): readonly string[] {
    return this.input.kind === 'json' ? this.beside : []
  }

  get isValid(): boolean {
    return this.#problems.length === 0 && this.unknown.length === 0
  }

  /** Whether a field passed. */
  has(name: string): boolean {
    return name in this.values
  }

  /** Notes what is wrong; what belongs to a field takes its value away. */
  fail(key: MessageKey, params: MessageParams = {}, field: string | null = null): void {
    this.add([problem(key, params, field)])
  }

  /** Notes problems found elsewhere. */
  add(problems: readonly Problem[]): void {
    for (const one of problems) {
      const field = one.field === NON_FIELD_ERRORS ? null : one.field
      this.#problems.push({ ...one, field })
      if (field !== null) delete this.values[field]
    }
  }

  /** Whether JSON said nothing of a field, so that it stays as it is. */
  isUnsent(name: string): boolean {
    return this.#unsent.has(name)
  }

  /** Reads every field. */
  read(isChange: boolean): void {
    for (const field of this.fields) {
      // Shown and never taken: whatever was sent under its name is passed over.
      if (field.type === 'readonly') continue
      const initial = this.subject.initial[field.name]
      if (isChange && this.input.kind === 'json' && !this.input.has(field)) {
        this.#unsent.add(field.name)
        this.values[field.name] = field.type === 'file' ? field.read(this.input.of(field, initial)) : initial
        continue
      }
      try {
        const value = field.read(this.input.of(field, initial))
        // What comes back as it was shown is what was there, digits that are not shown included.
        this.values[field.name] = isChange && isSame(field, initial, value) && field.type !== 'file' ? initial : value
      } catch (error) {
        this.add(problemsOf(error, field.name))
      }
    }
  }

  /** Has every value that passed checked by its model. */
  async settle(): Promise<void> {
    this.formValues = this.cleaned()
    for (const { name, settle } of this.fields) {
      if (settle === undefined || !this.has(name) || this.isUnsent(name)) continue
      try {
        this.values[name] = await settle(this.values[name])
      } catch (error) {
        this.add(problemsOf(error, name))
      }
    }
  }

  /** The properties whose value is another than before. */
  changed(): string[] {
    return this.fields
      .filter((field) => this.has(field.name) && !this.isUnsent(field.name))
      .filter((field) => !isSame(field, this.subject.initial[field.name], this.values[field.name]))
      .map((field) => field.name)
  }

  /** The values as an application sees them: of a file, the path that is there now. */
  cleaned(): FormValues {
    const cleaned = Object.create(null) as FormValues
    for (const [name, value] of Object.entries(this.values)) {
      cleaned[name] = value instanceof FileChange ? (value.isRemoved ? null : value.present) : value
    }
    return cleaned
  }

  /** Files that arrived, by property name. */
  uploads(): Map<string, UploadedFile> {
    return new Map(
      Object.entries(this.values).flatMap(([name, value]) => (value instanceof FileChange && value.file !== null ? [[name, value.file]] : [])),
    )
  }
}

function isSame(field: FormField, before: unknown, after: unknown): boolean {
  if (field.isSame !== undefined) return field.isSame(before, after)
  const [was, is] = [field.write(before ?? null), field.write(after)]
  return was !== null && was === is
}

/** Sends what arrived through a form. */
export async function validate<Context>(definition: FormDefinition<Context, unknown>, run: Validation<Context>): Promise<void> {
  run.read(definition.isChange ?? false)
  await definition.clean?.(run)
  await run.settle()
  await definition.complete?.(run)
}
