/**
 * The part of the Standard Schema convention (https://standardschema.dev, version 1) that validators of custom fields need.
 * Written down here so that no public type needs a package of types.
 * @module
 */

/** A validator of any library that follows Standard Schema: valibot, zod, arktype and others. */
export interface StandardSchema<Output = unknown> {
  readonly '~standard': {
    readonly version: 1
    readonly vendor: string
    readonly validate: (value: unknown) => StandardResult<Output> | Promise<StandardResult<Output>>
  }
}

/** What such a validator answers: the value, or what is wrong. */
export type StandardResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly { readonly message: string }[] }
