import * as v from 'valibot'
import type { Section } from './picture.js'

const TONES = ['plain', 'quiet', 'memory', 'device', 'held', 'passing', 'alarm'] as const
const place = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(1000))
const tone = v.optional(v.picklist(TONES))
const line = v.object({ name: v.string(), value: v.string(), tone, ghost: v.optional(v.boolean()) })
const box = v.object({
  name: v.string(),
  title: v.optional(v.string()),
  tone,
  at: v.optional(v.object({ column: place, span: v.exactOptional(place), row: v.exactOptional(place) })),
  lines: v.array(line),
})
const sections = v.array(
  v.object({ title: v.string(), boxes: v.array(box), columns: v.optional(v.pipe(place, v.minValue(1))) }),
)

/** What a drawing gave back, if it is sections. @throws TypeError that says where it is something else */
export function asSections(drawn: unknown): readonly Section[] {
  const checked = v.safeParse(sections, drawn)
  if (checked.success) {
    for (const { title, boxes, columns } of checked.output) {
      const outside = boxes.find(({ at }) => columns !== undefined && (at?.column ?? 0) + (at?.span ?? 1) > columns)
      if (outside) throw new TypeError(`box ${outside.name} of ${title} lies outside of its ${columns} columns`)
    }
    return checked.output
  }
  const issue = checked.issues[0]
  const where = issue.path?.map(item => String(item.key)).join('.') ?? 'the drawing'
  throw new TypeError(`${where} is no part of a drawing: ${issue.message}`)
}
