/**
 * Loads a package that the application installs beside us, or says what to do.
 * @module
 */

import { ImproperlyConfigured } from './errors.js'

/** Imports the package `name`. One that is missing is named with the command that installs it; one that is there and broken says why. */
export async function loadPackage<T>(name: string, instead = ''): Promise<T> {
  try {
    return (await import(name)) as T
  } catch (error) {
    const { code, message } = error as { code?: string; message?: string }
    const isMissing = code === 'ERR_MODULE_NOT_FOUND' && message?.includes(`'${name}'`) === true
    const said = isMissing
      ? `The package ${name} is not installed. Run \`npm install ${name}\`${instead}.`
      : `The package ${name} could not be loaded: ${message ?? String(error)}`
    throw new ImproperlyConfigured(said, { cause: error })
  }
}
