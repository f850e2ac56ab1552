/**
 * Time, on a machine that is busy with other things: the fastest of several tries is what the work itself takes.
 * @module
 */

/** Milliseconds that `work` takes, at best. */
export async function fastest(work: () => Promise<unknown>, tries = 5): Promise<number> {
  let best = Number.POSITIVE_INFINITY
  for (let i = 0; i < tries; i++) {
    const start = performance.now()
    await work()
    best = Math.min(best, performance.now() - start)
  }
  return best
}
