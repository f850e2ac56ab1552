/**
 * A new product, from what a form sent.
 * @module
 */

import { ValidationError } from 'portcullis'
import { auth } from './auth.js'
import { Product } from './models.js'

/** What was typed, and what is wrong with it, by field. */
export interface ProductDraft {
  readonly name: string
  readonly price: string
  readonly problems: Readonly<Record<string, string>>
}

/** Keeps a new product; null when all is well, or the draft with what is wrong. */
export async function keepProduct(sent: unknown): Promise<ProductDraft | null> {
  const fields = new Map(Object.entries(sent ?? {}))
  const text = (name: string): string => {
    const value: unknown = fields.get(name)
    return typeof value === 'string' ? value.trim() : ''
  }
  const draft = { name: text('name'), price: text('price') }
  const products = auth.objects(Product)
  try {
    await products.fullClean(draft)
    await products.create(draft)
    return null
  } catch (error) {
    if (!(error instanceof ValidationError)) throw error
    return { ...draft, problems: Object.fromEntries(error.problems.map(({ field }, index) => [field ?? 'name', error.messages[index] ?? ''])) }
  }
}
