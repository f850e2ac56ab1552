/**
 * What a form is to those who use it: declared once, bound to a request, and then either valid with data or invalid with errors.
 * @module
 */

import type { Problem, ValidationError } from '../base/errors.js'
import type { Catalogue } from '../base/messages.js'
import type { BodyLimits, RequestData, UploadedFile } from '../protection/body/request-data.js'
import type { ControlAttributes, ControlType } from './form-field.js'

/** What a form needs of a request. */
export interface FormRequest {
  readBody(limits?: BodyLimits): Promise<RequestData>
  /** Who is asking; forms about the visitor's own account take them from here. */
  readonly user?: unknown
  /** The token for the hidden field; called only when the form is shown. */
  csrfToken?(): string
}

/** Data for a form from elsewhere: a body that was read, the browser's `FormData` (a server action), or values by name. */
export type FormSource = RequestData | FormData | Readonly<Record<string, unknown>>

/** One thing wrong, for people and programs. */
export interface FormError {
  readonly code: string
  readonly message: string
}

/** The key of errors that belong to no field. Django's. */
export const NON_FIELD_ERRORS = '__all__'

/** Errors by property name. */
export type FormErrors<Data> = { readonly [K in keyof Data]?: readonly FormError[] } & { readonly [NON_FIELD_ERRORS]?: readonly FormError[] }

/** How a form is shown. */
export interface RenderOptions {
  /** The reader's language. Default: English. */
  readonly translation?: Catalogue
  /** Where it is sent. Default: the address it is shown at. */
  readonly action?: string
  /** The words on the button. */
  readonly submit?: string
  /** Only what stands inside of `<form>`, without the button: for a template that brings both. */
  readonly fieldsOnly?: boolean
  /** What ids begin with, where a page shows two forms. Default: Django's `id_`. */
  readonly idPrefix?: string
}

/** A choice as it is shown. */
export interface ChoiceView {
  readonly value: string
  readonly label: string
  readonly isChosen: boolean
}

/** The present file of a file field. */
export interface FileView {
  readonly path: string
  readonly url: string | null
  /** The name of the box that has it removed; null where a file must be there. */
  readonly clearName: string | null
}

/** A field as a template needs it: plain data, nothing escaped yet. */
export interface FieldView {
  /** The property. */
  readonly property: string
  /** The name on the wire. */
  readonly name: string
  readonly id: string
  readonly label: string
  readonly helpTexts: readonly string[]
  readonly type: ControlType
  /** What the control shows; never a password. */
  readonly value: string
  readonly isChecked: boolean
  /** Attributes of the control beyond id, name, type and value; those for people who listen are among them. */
  readonly attributes: ControlAttributes
  readonly errors: readonly FormError[]
  readonly isRequired: boolean
  readonly choices: readonly ChoiceView[]
  readonly file: FileView | null
  /** Beside a text that is only shown: the way to where it is changed. */
  readonly link?: { readonly href: string; readonly label: string } | null
  /** Ids of the elements that hold help and errors. */
  readonly helpId: string | null
  readonly errorId: string | null
}

/** What every form has, whatever became of it. */
export interface AnyForm {
  /** Whether it was given data. */
  readonly isBound: boolean
  /** Whether it has to be sent as `multipart/form-data`: it has a field for a file. */
  readonly isMultipart: boolean
  /** Its fields, for templates. */
  readonly fields: readonly FieldView[]
  /** The same in another language, or with other ids. */
  describe(options?: RenderOptions): readonly FieldView[]
  /** Names and values of hidden fields: the CSRF token, and `next`. */
  readonly hidden: readonly (readonly [name: string, value: string])[]
  /** Where to go on afterwards, as it was sent and unchecked; null where nothing was said. */
  readonly next: string | null
  /** The form as HTML, everything escaped. Inside of `page(…)` it is all a page needs. */
  toHtml(options?: RenderOptions): string
}

/** A form nobody has filled in yet. */
export interface BlankForm extends AnyForm {
  readonly isBound: false
  readonly isValid: false
}

/** A form whose data may be used. */
export interface ValidForm<Data, Saved> extends AnyForm {
  readonly isBound: true
  readonly isValid: true
  /** The values by property name. Passwords are `Secret`s. */
  readonly cleanedData: Readonly<Data>
  /** Files that came with it, by property name. */
  readonly uploads: ReadonlyMap<string, UploadedFile>
  /** The properties whose value is another than before; of a form that creates, those that were filled in. */
  readonly changedData: readonly string[]
  /** Names that were sent and belong to no field; a form ignores them. Worth a line in the log. */
  readonly ignored: readonly string[]
  /**
   * Does what the form is for, once. Throws a `ValidationError` where the database refuses what was free a moment ago: `refused()` makes a
   * form with that error.
   */
  save(): Promise<Saved>
  /** The same form with errors found later. */
  refused(error: ValidationError): InvalidForm<Data>
}

/** A form with errors. */
export interface InvalidForm<Data> extends AnyForm {
  readonly isBound: true
  readonly isValid: false
  /** What is wrong, by property name; `__all__` for the form as a whole. */
  readonly errors: FormErrors<Data>
  /** The same as found: codes and keys, without sentences. */
  readonly problems: readonly Problem[]
  /** What is wrong by Django's names, in a language. */
  errorsByWireName(translation?: Catalogue): Readonly<Record<string, readonly FormError[]>>
  /** For programs: `{ errors: { first_name: [{ code, message }], __all__: […] } }`. */
  toJSON(): { readonly errors: Readonly<Record<string, readonly FormError[]>> }
  readonly ignored: readonly string[]
}

/** A form with data. */
export type BoundForm<Data, Saved, Valid = ValidForm<Data, Saved>> = Valid | InvalidForm<Data>

/** What binding may be told. */
export interface BindOptions<Data> {
  /** Values by property name that the form starts from. */
  readonly initial?: Partial<Data>
  /** Where to go on afterwards, for the hidden field `next`. What was sent counts more. */
  readonly next?: string
}

type Rest<Context, Data> = {} extends Context ? [options?: Partial<Context> & BindOptions<Data>] : [options: Context & BindOptions<Data>]

/** A declared form. `Context` is what it has to be told each time, such as whose password it sets. */
export interface FormClass<Data, Saved, Context extends object = {}, Valid = ValidForm<Data, Saved>, Blank = BlankForm> {
  /** Reads the body of a request. Throws `BodyProblem` for a body that is none. */
  bind(request: FormRequest, ...rest: Rest<Context, Data>): Promise<BoundForm<Data, Saved, Valid>>
  /** Takes data from elsewhere. `request` is who asks, where that matters. */
  bindData(source: FormSource, ...rest: Rest<Context & { readonly request?: FormRequest }, Data>): Promise<BoundForm<Data, Saved, Valid>>
  /** An empty form, for showing it. With a request it has a CSRF token. */
  blank(request?: FormRequest | null, ...rest: Rest<Context, Data>): Blank
}

/** Any form, for whoever only binds and shows it. */
export type AnyFormClass = FormClass<never, unknown, object>
