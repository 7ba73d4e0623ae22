/** Scrolls so that a part of a list is seen: only the list where that scrolls by itself, else the page. */
export function reveal(part: HTMLElement): void {
  const list = scrollerOf(part)
  if (!list) {
    part.scrollIntoView({ block: 'nearest' })
    return
  }
  const [inner, outer] = [part.getBoundingClientRect(), list.getBoundingClientRect()]
  const { scrollMarginTop, scrollMarginBottom } = getComputedStyle(part)
  const above = outer.top - inner.top + Number.parseFloat(scrollMarginTop)
  const below = inner.bottom - outer.bottom + Number.parseFloat(scrollMarginBottom)
  if (above > 0) list.scrollTop -= above
  else if (below > 0) list.scrollTop += below
}

/**
 * Scrolls a grid that is wider than its place sideways: to the first box that has changed; when it is shown for the first
 * time and none has, to the first in which something is.
 */
export function revealColumn(grid: HTMLElement, first: boolean): void {
  if (grid.scrollWidth <= grid.clientWidth) return
  const box =
    grid.querySelector('.box.fresh, .box:has(.changed)') ?? (first ? grid.querySelector('.box:not(.quiet)') : null)
  if (!box) return
  const [inner, outer] = [box.getBoundingClientRect(), grid.getBoundingClientRect()]
  if (inner.left < outer.left || inner.right > outer.right) grid.scrollLeft += inner.left - outer.left
}

function scrollerOf(part: HTMLElement): HTMLElement | undefined {
  for (let at = part.parentElement; at && at !== document.body; at = at.parentElement) {
    if (/auto|scroll/.test(getComputedStyle(at).overflowY)) return at
  }
  return undefined
}
