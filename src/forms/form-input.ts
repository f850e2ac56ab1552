/**
 * What arrived, by Django's names: a body that was read, the browser's `FormData`, or an object. Names are data, so everything is in maps.
 * @module
 */

import { ImproperlyConfigured } from '../base/errors.js'
import type { RequestData, UploadedFile } from '../protection/body/request-data.js'
import { CSRF_FIELD } from '../protection/csrf.js'
import type { FieldInput, FormField } from './form-field.js'
import type { FormSource } from './form-types.js'

/** Beside the token's, the name that every form takes and no field may have. */
export const NEXT_FIELD = 'next'

/** The name of the box that has a file removed. Django's. */
export function clearNameOf(field: FormField): string {
  return `${field.wireName}-clear`
}

/** Longer addresses are no path of a site (F1); nothing of them is kept. */
const LONGEST_NEXT = 2048

/** What arrived. */
export class FormInput {
  readonly kind: 'form' | 'json'
  readonly #data: RequestData

  constructor(data: RequestData) {
    this.#data = data
    this.kind = data.kind === 'json' ? 'json' : 'form'
  }

  /** Whether anything was said of a field. */
  has(field: FormField): boolean {
    const { fields, files } = this.#data
    return fields.has(field.wireName) || files.has(field.wireName) || (field.type === 'file' && fields.has(clearNameOf(field)))
  }

  /** What was said of a field. */
  of(field: FormField, initial: unknown): FieldInput {
    const { fields, files } = this.#data
    return {
      kind: this.kind,
      values: fields.get(field.wireName) ?? [],
      files: field.type === 'file' ? (files.get(field.wireName) ?? []) : [],
      isCleared: field.type === 'file' && isTicked(fields.get(clearNameOf(field))),
      initial,
    }
  }

  /** Names that belong to no field of the form, as they were sent. */
  namesBeside(formFields: readonly FormField[]): string[] {
    const { fields, files } = this.#data
    const known = new Set([CSRF_FIELD, NEXT_FIELD])
    for (const field of formFields) {
      known.add(field.wireName)
      if (field.type === 'file') known.add(clearNameOf(field))
    }
    return [...new Set([...fields.keys(), ...files.keys()])].filter((name) => !known.has(name))
  }

  /** Where to go on afterwards, as it was sent. */
  get next(): string | null {
    const sent = this.#data.fields.get(NEXT_FIELD) ?? []
    const [only] = sent
    return sent.length === 1 && typeof only === 'string' && only !== '' && only.length <= LONGEST_NEXT ? only : null
  }
}

function isTicked(values: readonly unknown[] | undefined): boolean {
  return values !== undefined && values.some((one) => one === true || (typeof one === 'string' && one !== '' && one !== 'false'))
}

/** Makes one kind of data of all; `fields` tell which property has which name. */
export async function readSource(source: FormSource, fields: readonly FormField[]): Promise<RequestData> {
  if (typeof source !== 'object' || (source as unknown) === null)
    throw new ImproperlyConfigured('A form is bound to a request, to FormData, or to an object of values by name.')
  if (isRequestData(source)) return source
  return source instanceof FormData ? readFormData(source) : readObject(source, fields)
}

function isRequestData(source: FormSource): source is RequestData {
  return 'kind' in source && 'fields' in source && source.fields instanceof Map && 'files' in source && source.files instanceof Map
}

async function readFormData(data: FormData): Promise<RequestData> {
  const fields = new Map<string, string[]>()
  const files = new Map<string, UploadedFile[]>()
  for (const [name, value] of data.entries()) {
    if (typeof value === 'string') add(fields, name, value)
    else add(files, name, { name: value.name, type: value.type, size: value.size, bytes: new Uint8Array(await value.arrayBuffer()) })
  }
  return { kind: 'form', fields, files }
}

/** An object's properties may have Django's names or the model's. */
function readObject(source: Readonly<Record<string, unknown>>, formFields: readonly FormField[]): RequestData {
  const wireNames = new Map(formFields.map((one) => [one.name, one.wireName]))
  const fields = new Map<string, unknown[]>()
  const files = new Map<string, UploadedFile[]>()
  for (const [given, value] of Object.entries(source)) {
    const name = wireNames.get(given) ?? given
    if (value === undefined) continue
    if (isFile(value)) add(files, name, value)
    else add(fields, name, value)
  }
  return { kind: 'json', fields, files }
}

function isFile(value: unknown): value is UploadedFile {
  return typeof value === 'object' && value !== null && 'bytes' in value && value.bytes instanceof Uint8Array
}

function add<T>(map: Map<string, T[]>, name: string, value: T): void {
  const known = map.get(name)
  if (known === undefined) map.set(name, [value])
  else known.push(value)
}
