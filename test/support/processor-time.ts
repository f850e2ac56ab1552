/**
 * What work keeps the processor busy with, which others on the machine do not lengthen.
 * @module
 */

/** Does it; `milliseconds` are this process's, all its threads together. */
export async function processorTime<T>(work: () => T | Promise<T>): Promise<{ readonly result: T; readonly milliseconds: number }> {
  const begun = process.cpuUsage()
  const result = await work()
  const { user, system } = process.cpuUsage(begun)
  return { result, milliseconds: (user + system) / 1000 }
}
