import { alike, int, ref, THREAD } from 'foliocheck'

/** How large the machine is, and the names of its parts. */

/** Addresses of the one range that the device and the CPU share, each with one entry in either page table. */
export const PAGES = 3
/** Frames of system memory, from p0 on. */
const SYSTEM_FRAMES = 6
/** The first frame of the device, an even one, which matters to `migrate_pfn_to_page`; a block may start at the next. */
export const DEVICE = SYSTEM_FRAMES
const DEVICE_FRAMES = PAGES + 1
/** The one frame of another device, behind those of the first. */
export const PEER = DEVICE + DEVICE_FRAMES
export const FRAMES = PEER + 1
/** Page `pfn >> MIGRATE_PFN_SHIFT`, for every pfn of the device: a page of somebody else. */
export const STRAY = SYSTEM_FRAMES - 1

/** A page frame, `p0`..; it stands for a folio of whatever size. */
export const Pfn = ref('p', FRAMES)
/** What src[] names: a folio, nothing, or HOLE where there was none and one may be put. */
export const Src = ref('p', FRAMES + 1)
export const HOLE = PEER + 1
export const Va = ref('va', PAGES)
/** How many pages, or which page of a loop. */
export const Count = int(0, PAGES)
/** Threads, the setup's included. */
export const CPUS = 6
/** The thread that holds something, or runs. */
export const Cpu = alike(THREAD, ref('cpu', CPUS))
/** What a page holds, or what a read must return. 0: zeroes; 3: what the last user of device memory has left. */
export const Data = int(0, 3)
export const OLD_DATA = 3
/** Sequence numbers of interval notifiers. */
export const Seq = int(1, 31)

/** Zone of a struct page. */
export function isDeviceFrame(p: number): boolean {
  return p >= DEVICE
}
