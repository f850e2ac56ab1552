/**
 * Makes the class of a form out of its declaration: `bind`, `bindData`, `blank`.
 * @module
 */

import { UPLOAD_BODY_LIMITS, type RequestData } from '../protection/body/request-data.js'
import { Blank, Invalid, Valid, type FormParts } from './bound-form.js'
import { Validation, validate, type FormDefinition, type FormValues, type Subject } from './definition.js'
import type { FormField } from './form-field.js'
import { FormInput, readSource } from './form-input.js'
import type { AnyFormClass, FormRequest, FormSource } from './form-types.js'

type Options = Readonly<Record<string, unknown>> & { readonly initial?: object; readonly next?: string; readonly request?: FormRequest }

/** A form with everything it is about. */
interface Opened<Context> {
  readonly subject: Subject<Context>
  readonly fields: readonly FormField[]
  readonly next: string | null
}

/** The class of a declared form, typed by whoever declares it. */
export function formClass<Context extends object>(definition: FormDefinition<Context, unknown>): AnyFormClass {
  return new DeclaredForm(definition as unknown as FormDefinition<object, unknown>) as unknown as AnyFormClass
}

class DeclaredForm {
  readonly #definition: FormDefinition<object, unknown>

  constructor(definition: FormDefinition<object, unknown>) {
    this.#definition = definition
  }

  async bind(request: FormRequest, options: Options = {}): Promise<unknown> {
    const opened = await this.#open(options, request)
    const files = opened.fields.filter((one) => one.type === 'file').length
    return this.#send(opened, await (files === 0 ? request.readBody() : request.readBody({ ...UPLOAD_BODY_LIMITS, files })))
  }

  async bindData(source: FormSource, options: Options = {}): Promise<unknown> {
    const opened = await this.#open(options, options.request ?? null)
    return this.#send(opened, await readSource(source, opened.fields))
  }

  blank(request: FormRequest | null = null, options: Options = {}): Blank | Promise<Blank> {
    const opened = this.#open(options, request)
    return opened instanceof Promise ? opened.then((one) => new Blank(this.#parts(one, null))) : new Blank(this.#parts(opened, null))
  }

  #open({ initial, next, ...given }: Options, request: FormRequest | null): Opened<object> | Promise<Opened<object>> {
    const about = (context: object): Opened<object> => ({
      subject: { context, request, initial: withoutPrototype(this.#definition.initial?.(context), initial) },
      fields: this.#definition.fields(context),
      next: next ?? null,
    })
    const context = this.#definition.prepare(given, request)
    return this.#definition.load === undefined ? about(context) : this.#definition.load(context).then(about)
  }

  async #send(opened: Opened<object>, data: RequestData): Promise<Valid<object, unknown> | Invalid> {
    const input = new FormInput(data)
    const run = new Validation(opened.subject, opened.fields, input)
    await validate(this.#definition, run)
    const parts = this.#parts(opened, run)
    if (!run.isValid) return new Invalid(parts, run.beside)
    const form = new Valid(parts, this.#definition, run)
    return this.#definition.extras === undefined ? form : Object.assign(form, this.#definition.extras(run))
  }

  #parts({ subject, fields, next }: Opened<object>, run: Validation<object> | null): FormParts {
    return {
      fields,
      input: run?.input ?? null,
      initial: subject.initial,
      problems: run?.problems ?? [],
      unknown: run?.unknown ?? [],
      isChange: this.#definition.isChange ?? false,
      request: subject.request,
      next: run?.input.next ?? next,
      submit: this.#definition.submit,
    }
  }
}

function withoutPrototype(...values: readonly (object | undefined)[]): FormValues {
  return Object.assign(Object.create(null) as FormValues, ...values) as FormValues
}
