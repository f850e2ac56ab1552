#!/usr/bin/env node
/**
 * The program `portcullis`.
 * @module
 */

/** What this package needs; an older Node would stumble over something far less telling. */
const [LEAST_MAJOR, LEAST_MINOR] = [22, 13]

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major < LEAST_MAJOR || (major === LEAST_MAJOR && minor < LEAST_MINOR)) {
  process.stderr.write(`portcullis needs Node ${LEAST_MAJOR}.${LEAST_MINOR} or newer; this is ${process.version}.\n`)
  process.exitCode = 2
} else {
  const { runProcess } = await import('./process.js')
  await runProcess()
}
