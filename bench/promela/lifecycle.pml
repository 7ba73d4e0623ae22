/*
 * The model of bench/models/lifecycle.ts. Every step is one d_step, so that both have the same transitions; what a thread
 * of ours holds in its program counter and in locals that are functions of each other may be split differently here, but
 * one to one: both must report the same number of states.
 *
 * Parameters, with -D: ORDER, ROUNDS, EVICTIONS, WALKS, SPLITS.
 */
#define PAGES 4
#define N (1 << ORDER)
#define NONE 255

#define FREE 0
#define TAKEN 1
#define READY 2
#define MAPPED 3

#define EMPTY 0
#define PRESENT 1
#define MIGRATION 2
#define SWAP 3

typedef page_t {
  byte state = FREE;
  byte ref;
  byte mapcount;
  byte order;
  byte head = NONE;
  byte pgmap = NONE;
  byte mapping;
  byte locked;
  byte dirty
}

typedef entry_t {
  byte kind = EMPTY;
  byte page = NONE;
  byte young
}

page_t pages[PAGES];
entry_t entries[PAGES];
byte pgmap_cnt;
byte free_pages = PAGES;

#define HEAD_OF(p) (pages[p].head == NONE -> (p) : pages[p].head)
#define ENTRY_HEAD(va) HEAD_OF(entries[va].page)

/*
 * The options of folio_put(PG) for an if or a do: the first step is taken when G holds and also does FIRST, after which
 * the page is PG2; the last step also does FINISH, and NEXT follows.
 */
#define PUT(G, PG, FIRST, PG2, FINISH, NEXT) \
  :: d_step { G && pages[PG].ref > 1 -> pages[PG].ref--; FIRST; FINISH }; NEXT \
  :: d_step { G && pages[PG].ref <= 1 -> assert(pages[PG].ref > 0); pages[PG].ref--; FIRST }; \
     d_step { \
       assert(pages[PG2].locked == 0 && pages[PG2].mapcount == 0); \
       pages[PG2].mapping = 0; \
       free_n = 1 << pages[PG2].order \
     }; \
     do \
     :: d_step { free_i < free_n -> \
          pages[PG2 + free_i].head = NONE; \
          pages[PG2 + free_i].order = 0; \
          pages[PG2 + free_i].dirty = 0; \
          pages[PG2 + free_i].pgmap = NONE; \
          free_i++ \
        } \
     :: d_step { free_i >= free_n -> pgmap_cnt = pgmap_cnt - free_n; free_i = 0 }; break \
     od; \
     if :: d_step { \
       free_pages = free_pages + free_n; \
       do \
       :: free_i < free_n -> pages[PG2 + free_i].state = FREE; free_i++ \
       :: else -> break \
       od; \
       free_i = 0; \
       free_n = 0; \
       FINISH \
     } fi; NEXT

#define DONE page = NONE; i = 0; ok = 0

#if ORDER == 1
#define TAKE_OPTIONS TAKE2(0) TAKE2(2)
#else
#define TAKE_OPTIONS TAKE4(0)
#endif
#define TAKE2(b) \
  :: d_step { pages[b].state == FREE && pages[b + 1].state == FREE -> \
       pages[b].state = TAKEN; pages[b + 1].state = TAKEN; free_pages = free_pages - N; page = b }
#define TAKE4(b) \
  :: d_step { pages[b].state == FREE && pages[b + 1].state == FREE && \
              pages[b + 2].state == FREE && pages[b + 3].state == FREE -> \
       pages[b].state = TAKEN; pages[b + 1].state = TAKEN; \
       pages[b + 2].state = TAKEN; pages[b + 3].state = TAKEN; free_pages = free_pages - N; page = b }

#define FAULT \
  if TAKE_OPTIONS fi; \
  do \
  :: d_step { i < N -> \
       pages[page + i].pgmap = 0; pages[page + i].mapcount = 0; pages[page + i].state = READY; i++ } \
  :: d_step { i >= N -> pgmap_cnt = pgmap_cnt + N; i = 1 }; break \
  od; \
  if :: d_step { pages[page].ref = 1; pages[page].locked = 1; pages[page].mapping = 1 } fi; \
  do \
  :: d_step { i < N -> pages[page + i].head = page; i++ } \
  :: d_step { i >= N -> pages[page].order = ORDER; i = 0 }; break \
  od; \
  do \
  :: d_step { i < N -> \
       assert(pages[page + i].pgmap == 0); \
       entries[i].kind = PRESENT; \
       entries[i].page = page + i; \
       pages[page + i].mapcount++; \
       pages[page + i].state = MAPPED; \
       pages[page].ref++; \
       i++ \
     } \
  :: d_step { i >= N -> pages[page].locked = 0 }; break \
  od; \
  if PUT(1, page, , page, DONE, ) fi

#define CLEAR_ENTRY(va) entries[va].kind = EMPTY; entries[va].page = NONE; entries[va].young = 0
#define ZAP_PRESENT(va) \
  ok = 1; \
  page = ENTRY_HEAD(va); \
  pages[entries[va].page].mapcount--; \
  if \
  :: entries[va].young -> pages[entries[va].page].dirty = 1 \
  :: else \
  fi; \
  CLEAR_ENTRY(va)

/* An entry of the last page leads on to what follows: there is no step that only finds the loop at its end. */
#define ZAP \
  do \
  :: d_step { i < N - 1 && entries[i].kind == PRESENT -> ZAP_PRESENT(i); i++ }; \
     if PUT(1, page, , page, , ) fi \
  :: d_step { i < N - 1 && entries[i].kind != PRESENT && entries[i].kind != MIGRATION -> ok = 0; CLEAR_ENTRY(i); i++ } \
  :: d_step { i == N - 1 && entries[i].kind == PRESENT -> ZAP_PRESENT(i); i++ }; \
     if PUT(1, page, , page, DONE, ) fi; break \
  :: d_step { i == N - 1 && entries[i].kind != PRESENT && entries[i].kind != MIGRATION -> CLEAR_ENTRY(i); DONE }; break \
  od

active proctype cpu0() {
  byte page = NONE;
  byte i;
  byte ok;
  byte free_i;
  byte free_n;

  FAULT; ZAP;
#if ROUNDS > 1
  FAULT; ZAP;
#endif
#if ROUNDS > 2
  FAULT; ZAP;
#endif
end:
  false
}

#define IS_PRESENT(va) (entries[va].kind == PRESENT)
#define IS_OURS(va) (entries[va].kind == PRESENT && ENTRY_HEAD(va) == page)

#define EVICT(va) \
  if \
  :: d_step { !IS_PRESENT(va) -> skip } \
  :: d_step { IS_PRESENT(va) -> skip }; \
     if \
     :: d_step { !IS_PRESENT(va) -> skip } \
     :: d_step { IS_PRESENT(va) && pages[ENTRY_HEAD(va)].ref == 0 -> skip } \
     :: d_step { IS_PRESENT(va) && pages[ENTRY_HEAD(va)].ref > 0 -> \
          page = ENTRY_HEAD(va); ok = 1; pages[page].ref++ }; \
        if \
        :: d_step { pages[page].locked -> ok = 0 } \
        :: d_step { !pages[page].locked -> pages[page].locked = 1 }; \
           if \
           :: d_step { !IS_OURS(va) -> ok = 0 } \
           :: d_step { IS_OURS(va) -> \
                assert(pages[page].ref > 1); \
                entries[va].kind = MIGRATION; \
                pages[entries[va].page].mapcount--; \
                pages[page].ref-- \
              }; \
              d_step { \
                moved = (pages[page].ref == 1 && pages[page].order == 0); \
                if \
                :: moved -> pages[page].dirty = 0 \
                :: else \
                fi \
              }; \
              d_step { \
                if \
                :: moved -> entries[va].kind = SWAP; entries[va].page = NONE \
                :: else -> \
                   entries[va].kind = PRESENT; \
                   pages[entries[va].page].mapcount++; \
                   pages[page].ref++ \
                fi \
              } \
           fi; \
           d_step { pages[page].locked = 0 } \
        fi; \
        if PUT(1, page, , page, page = NONE; ok = 0; moved = 0, ) fi \
     fi \
  fi

active proctype cpu1() {
  byte page = NONE;
  byte ok;
  byte moved;
  byte free_i;
  byte free_n;

  EVICT(0);
#if EVICTIONS > 1
  EVICT(1);
#endif
#if EVICTIONS > 2
  EVICT(2 % N);
#endif
#if EVICTIONS > 3
  EVICT(3 % N);
#endif
end:
  false
}

#define WALK(va) \
  if \
  :: d_step { entries[va].kind == EMPTY || entries[va].kind == SWAP -> skip } \
  :: d_step { IS_PRESENT(va) -> page = ENTRY_HEAD(va) }; \
     if \
     :: d_step { pages[page].ref == 0 -> page = NONE } \
     :: d_step { pages[page].ref > 0 -> pages[page].ref++ }; \
        if \
        :: d_step { !IS_OURS(va) -> skip } \
        :: d_step { IS_OURS(va) -> skip }; \
           d_step { \
             if \
             :: entries[va].kind == PRESENT -> entries[va].young = 1 \
             :: else \
             fi \
           }; \
           d_step { pages[page].dirty = 1 } \
        fi; \
        if PUT(1, page, , page, page = NONE, ) fi \
     fi \
  fi

active proctype cpu2() {
  byte page = NONE;
  byte free_i;
  byte free_n;

  WALK(N - 1);
#if WALKS > 1
  WALK(N % N);
#endif
#if WALKS > 2
  WALK((N + 1) % N);
#endif
#if WALKS > 3
  WALK((N + 2) % N);
#endif
end:
  false
}

#define TAILS_LEFT (ok && i + 1 < n)

#define SPLIT(first) \
  if \
  :: d_step { pages[first].ref == 0 || pages[first].order == 0 -> skip } \
  :: d_step { pages[first].ref > 0 && pages[first].order > 0 -> pages[first].ref++; ok = 1 }; \
     if \
     :: d_step { pages[first].locked -> ok = 0 } \
     :: d_step { !pages[first].locked -> pages[first].locked = 1; n = 1 << pages[first].order }; \
        do \
        :: d_step { i < PAGES -> \
             if \
             :: entries[i].kind == PRESENT && ENTRY_HEAD(i) == first -> \
                entries[i].kind = MIGRATION; \
                pages[entries[i].page].mapcount--; \
                pages[first].ref-- \
             :: else \
             fi; \
             i++ \
           } \
        :: d_step { i >= PAGES && pages[first].ref != 1 -> ok = 0; i = 0 }; break \
        :: d_step { i >= PAGES && pages[first].ref == 1 -> pages[first].ref = 0; i = 1 }; \
           do \
           :: d_step { i < n -> \
                pages[first + i].head = NONE; \
                pages[first + i].mapping = pages[first].mapping; \
                pages[first + i].ref = 1; \
                i++ \
              } \
           :: d_step { i >= n -> pages[first].order = 0; pages[first].ref = 1; i = 0 }; break \
           od; \
           break \
        od; \
        do \
        :: d_step { i < PAGES -> \
             if \
             :: entries[i].kind == MIGRATION && entries[i].page >= first && entries[i].page < first + n -> \
                entries[i].kind = PRESENT; \
                pages[entries[i].page].mapcount++; \
                pages[ENTRY_HEAD(i)].ref++ \
             :: else \
             fi; \
             i++ \
           } \
        :: d_step { i >= PAGES -> pages[first].locked = 0; i = 0 }; break \
        od \
     fi; \
     do \
     PUT(TAILS_LEFT, first + i + 1, i++, first + i, , ) \
     PUT(!TAILS_LEFT, first, , first, ok = 0; n = 0; i = 0, break) \
     od \
  fi

active proctype cpu3() {
  byte ok;
  byte n;
  byte i;
  byte free_i;
  byte free_n;

  SPLIT(0);
#if SPLITS > 1
  SPLIT(0);
#endif
end:
  false
}
