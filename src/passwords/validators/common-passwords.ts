/** Placeholder until the list is generated. @module */
export function commonPasswords(): ReadonlySet<string> { return new Set() }
