/**
 * A form with or without data, valid or not: four faces of one declaration.
 * @module
 */

import { problem, type Problem, type ValidationError } from '../base/errors.js'
import { messageFor, type Catalogue, type MessageKey } from '../base/messages.js'
import type { UploadedFile } from '../protection/body/request-data.js'
import { CSRF_FIELD } from '../protection/csrf.js'
import type { FormDefinition, FormValues, Validation } from './definition.js'
import { NEXT_FIELD } from './form-input.js'
import { NON_FIELD_ERRORS, type FieldView, type FormError, type FormRequest, type RenderOptions } from './form-types.js'
import { renderForm } from './render.js'
import { errorOf, viewFields, type ViewParts } from './view.js'

/** What every form is shown from. */
export interface FormParts extends ViewParts {
  readonly request: FormRequest | null
  readonly next: string | null
  readonly submit: MessageKey
  /** Names that JSON held and the form does not. */
  readonly unknown: readonly string[]
}

/** What forms have in common: being shown. Data and request stay private, so that no log that prints a form prints a password (K4). */
class ShownForm {
  readonly next: string | null
  readonly isMultipart: boolean
  readonly #parts: FormParts

  constructor(parts: FormParts) {
    this.#parts = parts
    this.next = parts.next
    this.isMultipart = parts.fields.some((one) => one.type === 'file')
  }

  get fields(): readonly FieldView[] {
    return this.describe()
  }

  describe(options: RenderOptions = {}): readonly FieldView[] {
    return viewFields(this.#parts, options)
  }

  get hidden(): readonly (readonly [name: string, value: string])[] {
    const token = this.#parts.request?.csrfToken?.()
    return [...(token === undefined ? [] : [[CSRF_FIELD, token] as const]), ...(this.next === null ? [] : [[NEXT_FIELD, this.next] as const])]
  }

  toHtml(options: RenderOptions = {}): string {
    const { translation, action = null, fieldsOnly = false, idPrefix = 'id_' } = options
    const { problems, fields, unknown, submit } = this.#parts
    const names = new Set<string | null>(fields.map((one) => one.name))
    const general = [...problems.filter((one) => !names.has(one.field)), ...unknown.map(unknownField)]
    return renderForm({
      fields: this.describe(options),
      hidden: this.hidden,
      errors: general.map((one) => errorOf(one, translation)),
      isMultipart: this.isMultipart,
      submit: options.submit ?? messageFor(submit, {}, translation),
      action,
      fieldsOnly,
      idPrefix,
      translation,
    })
  }
}

/** A form nobody has filled in. */
export class Blank extends ShownForm {
  readonly isBound = false
  readonly isValid = false
}

/** A form with errors. */
export class Invalid extends ShownForm {
  readonly isBound = true
  readonly isValid = false
  readonly problems: readonly Problem[]
  readonly ignored: readonly string[]
  readonly #wireNames: ReadonlyMap<string, string>
  readonly #unknown: readonly string[]

  constructor(parts: FormParts, ignored: readonly string[]) {
    super(parts)
    this.problems = parts.problems
    this.ignored = ignored
    this.#wireNames = new Map(parts.fields.map((one) => [one.name, one.wireName]))
    this.#unknown = parts.unknown
  }

  get errors(): Readonly<Record<string, readonly FormError[]>> {
    return this.#grouped((property) => property)
  }

  errorsByWireName(translation?: Catalogue): Readonly<Record<string, readonly FormError[]>> {
    return this.#grouped((property) => this.#wireNames.get(property) ?? property, translation)
  }

  toJSON(): { readonly errors: Readonly<Record<string, readonly FormError[]>> } {
    return { errors: this.errorsByWireName() }
  }

  #grouped(nameOf: (property: string) => string, translation?: Catalogue): Record<string, FormError[]> {
    const groups = Object.create(null) as Record<string, FormError[]>
    const put = (name: string, one: Problem): void => void (groups[name] ??= []).push(errorOf(one, translation))
    for (const one of this.problems) put(one.field === null ? NON_FIELD_ERRORS : nameOf(one.field), one)
    for (const name of this.#unknown) put(name, unknownField())
    return groups
  }
}

/** A form whose data may be used. */
export class Valid<Context, Saved> extends ShownForm {
  readonly isBound = true
  readonly isValid = true
  readonly cleanedData: Readonly<FormValues>
  readonly uploads: ReadonlyMap<string, UploadedFile>
  readonly changedData: readonly string[]
  readonly ignored: readonly string[]
  readonly #parts: FormParts
  readonly #definition: FormDefinition<Context, Saved>
  readonly #run: Validation<Context>
  #saved: Promise<Saved> | null = null

  constructor(parts: FormParts, definition: FormDefinition<Context, Saved>, run: Validation<Context>) {
    super(parts)
    this.#parts = parts
    this.#definition = definition
    this.#run = run
    this.cleanedData = run.cleaned()
    this.uploads = run.uploads()
    this.changedData = definition.changed?.(run) ?? run.changed()
    this.ignored = run.beside
  }

  save(): Promise<Saved> {
    this.#saved ??= this.#definition.save(this.#run).catch((error: unknown) => {
      // What was refused for being busy, or for a name taken meanwhile, may be tried again.
      this.#saved = null
      throw error
    })
    return this.#saved
  }

  refused(error: ValidationError): Invalid {
    return new Invalid({ ...this.#parts, problems: error.problems }, this.ignored)
  }
}

function unknownField(): Problem {
  return problem('unknown_field')
}
