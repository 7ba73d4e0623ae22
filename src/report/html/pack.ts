import { deflateRawSync } from 'node:zlib'

/** A value as text that is small and cannot end the element it stands in: JSON, deflated, in base64. */
export function pack(value: unknown): string {
  return deflateRawSync(JSON.stringify(value), { level: 9 }).toString('base64')
}
