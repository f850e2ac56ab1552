/**
 * Attributes that come as data, from a field's declaration. Spread into a tag as they are, `onfocus` or `style` would come with them.
 * @module
 */

/** What a field may say of its input. Everything else is ours to write, or is code. */
const ALLOWED =
  /^(?:accept|autocapitalize|autocomplete|autocorrect|autofocus|capture|cols|dir|disabled|enterkeyhint|inputmode|lang|list|max|maxlength|min|minlength|multiple|pattern|placeholder|readonly|rows|size|spellcheck|step|title|translate|data-[a-z0-9-]{1,60})$/

/**
 * Gives the attributes that are harmless, whoever wrote them.
 *
 * @example
 * safeAttributes({ maxlength: 150, onfocus: 'alert(1)' })   // { maxlength: '150' }
 */
export function safeAttributes(attributes: Readonly<Record<string, string | number | true>>): Record<string, string | true> {
  const harmless = Object.entries(attributes).filter(([name]) => ALLOWED.test(name))
  return Object.fromEntries(harmless.map(([name, value]) => [name, value === true ? true : String(value)]))
}
