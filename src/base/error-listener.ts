/**
 * Who hears of what failed where no answer can tell of it.
 * @module
 */

/** Hears of an error. Never throws, and never rejects behind anybody's back. */
export type ErrorListener = (error: unknown) => void

/**
 * Makes of an application's `onError` one that cannot fail: what was done stays done, and a request goes on, whatever becomes of the report.
 * Without one, errors are printed; what the application's own throws is printed too, after what it was told.
 *
 * @example
 * const report = errorListener((error) => process.stderr.write(String(error)))
 */
export function errorListener(onError: (error: unknown) => unknown = print): ErrorListener {
  return (error) => {
    // The function may be async: its rejection, if nobody caught it, would end the process.
    void (async () => onError(error))().catch((failure: unknown) => {
      print(error)
      print(failure)
    })
  }
}

function print(error: unknown): void {
  console.error('portcullis:', error)
}
