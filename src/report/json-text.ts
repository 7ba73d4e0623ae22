/** What JSON may hold as it is, and a terminal may take for a command. */
const UNSEEN = /[\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g
const escaped = (sign: string) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`

/** A value as JSON, in a form that is safe to look at; on one line with an indent of 0. */
export function jsonText(value: unknown, indent = 2): string {
  return `${JSON.stringify(value, undefined, indent).replace(UNSEEN, escaped)}\n`
}
