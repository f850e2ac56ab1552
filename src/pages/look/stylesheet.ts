/**
 * The one stylesheet of the account pages. Text in a module, so that tsc alone builds the package and a bundler carries it along.
 * @module
 */

import { accountStyles } from './account-styles.js'
import { baseStyles } from './base-styles.js'
import { formStyles } from './form-styles.js'
import { layoutStyles } from './layout-styles.js'
import { designTokens } from './tokens.js'

/** What any page of ours needs, the admin's too: tokens, ground, fields and buttons. */
export const sharedStyles: string = designTokens() + baseStyles + formStyles

/** The whole of it. */
export const stylesheet: string = sharedStyles + layoutStyles + accountStyles
