/** Lists stand beside the state only where the page is wider. */
const NARROW = '(max-width: 60rem)'

/**
 * Scrolls so that a part of a list is seen: inside of the list where it scrolls by itself, else with the page. On a narrow
 * page, where the list is below the state that was stepped to, the page stays.
 */
export function reveal(part: HTMLElement): void {
  const list = scrollerOf(part)
  if (!list) {
    if (!matchMedia(NARROW).matches) part.scrollIntoView({ block: 'nearest' })
    return
  }
  const [inner, outer] = [part.getBoundingClientRect(), list.getBoundingClientRect()]
  const { scrollMarginTop, scrollMarginBottom } = getComputedStyle(part)
  const above = outer.top - inner.top + Number.parseFloat(scrollMarginTop)
  const below = inner.bottom - outer.bottom + Number.parseFloat(scrollMarginBottom)
  if (above > 0) list.scrollTop -= above
  else if (below > 0) list.scrollTop += below
}

function scrollerOf(part: HTMLElement): HTMLElement | undefined {
  for (let at = part.parentElement; at && at !== document.body; at = at.parentElement) {
    if (at.scrollHeight > at.clientHeight && /auto|scroll/.test(getComputedStyle(at).overflowY)) return at
  }
  return undefined
}
