import { alike, int, ref, THREAD } from 'foliocheck'

/** How large the machine is, and the names of its parts. */

/** HPAGE_PMD_NR, scaled: base pages of a PMD-sized folio, and PTEs of one page table. */
export const N = 2
/** Page frames of system memory: three PMD-sized blocks from frame 0 on. */
export const SYSTEM_FRAMES = 3 * N
/** All page frames; the last block, from SYSTEM_FRAMES on, is MEMORY_DEVICE_PRIVATE. */
export const FRAMES = SYSTEM_FRAMES + N
/** Address spaces; the second exists after a fork. */
export const MMS = 2
/** VMAs, each as large as one PMD: va0 of mm0, va1 of its child mm1, va2 of mm0 for what mremap moves. */
export const VMAS = 3
/** CPUs whose TLBs are looked at: those that run user code. */
export const TLBS = 2
/** Threads of a scenario, its setup included. */
const CPUS = 5

/** A page frame, `p0`..; a folio is named by its head. */
export const Pfn = ref('p', FRAMES)
/** A VMA, with the PMD entry, the page table and the locks below it. */
export const Va = ref('va', VMAS)
/** The sort of CPUs with their TLBs, which a symmetric search may exchange, and one of them. */
export const TLB = 'tlb'
export const Tlb = alike(TLB, int(0, TLBS - 1))
/** The thread that holds something. */
export const Cpu = alike(THREAD, ref('cpu', CPUS))
/** Which of the PTEs of a page table, which page of a folio. */
export const Index = ref('', N)
export const THREADS = CPUS
/** write_protect_seq: odd while a fork copies the page tables. */
export const WRITE_PROTECT_SEQ = int(0, 7)
/** What a page holds, or what a read must return; 0 is a page of zeroes. */
export const Data = int(0, 3)
/** What a read must return; NONE when anything may, ZAPPED while a zap is under way and nothing was stored since. */
export const Want = ref('', 5)
export const ZAPPED = 4

/** Head of the block that frame `p` lies in. */
export function blockOf(p: number): number {
  return p - (p % N)
}

/** folio_is_device_private, by frame: the zone of a struct page never changes. */
export function isDeviceFrame(p: number): boolean {
  return p >= SYSTEM_FRAMES
}

/** The address space of a VMA. */
export function mmOf(va: number): number {
  return va === 1 ? 1 : 0
}
