/**
 * Mails as files, one each, which mail programs open.
 * @module
 */

import { mkdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { getRandomString } from '../crypto/random.js'
import { toEml } from './eml.js'
import { MailNotSent, type MailTransport } from './transport.js'

/** Only whom the process runs as: the files hold links that log people in. */
const FOLDER_MODE = 0o700
const FILE_MODE = 0o600

/**
 * Writes each mail into `folder` as an `.eml` file. The folder is made when it is missing, for its owner only.
 *
 * @example
 * const mailer = createMailer({ transport: fileTransport('var/mail') })
 */
export function fileTransport(folder: string): MailTransport {
  return {
    name: 'file',
    isForDevelopment: true,
    send: async (message) => {
      // In the order of time when sorted by name, and not to be guessed.
      const name = `${message.date.toISOString().replaceAll(/[:.]/g, '-')}-${getRandomString(22)}`
      const unfinished = join(folder, `.${name}.part`)
      try {
        await mkdir(folder, { recursive: true, mode: FOLDER_MODE })
        await writeFile(unfinished, toEml(message), { flag: 'wx', mode: FILE_MODE })
        // Whoever watches the folder sees whole mails only.
        await rename(unfinished, join(folder, `${name}.eml`))
      } catch (error) {
        throw new MailNotSent(`could not be written: ${(error as NodeJS.ErrnoException).code ?? 'unknown error'}`, { caught: error })
      }
    },
  }
}
