/* The model of bench/models/two-phase.ts; parameter, with -D: COUNT, at most 9. */
#define WORKING 0
#define PREPARED 1
#define COMMITTED 2
#define ABORTED 3

#define NONE 0
#define COMMIT 1
#define ABORT 2

byte state[COUNT];
byte sent[COUNT];
byte known[COUNT];
byte decision;
byte known_count;

#define TAKE_NOTICE(i) \
  :: d_step { decision == NONE && sent[i] -> if :: !known[i] -> known[i] = 1; known_count++ :: else fi }

active proctype manager() {
end:
  do
  TAKE_NOTICE(0)
#if COUNT > 1
  TAKE_NOTICE(1)
#endif
#if COUNT > 2
  TAKE_NOTICE(2)
#endif
#if COUNT > 3
  TAKE_NOTICE(3)
#endif
#if COUNT > 4
  TAKE_NOTICE(4)
#endif
#if COUNT > 5
  TAKE_NOTICE(5)
#endif
#if COUNT > 6
  TAKE_NOTICE(6)
#endif
#if COUNT > 7
  TAKE_NOTICE(7)
#endif
#if COUNT > 8
  TAKE_NOTICE(8)
#endif
  :: d_step { decision == NONE && known_count == COUNT -> decision = COMMIT }
  :: d_step { decision == NONE -> decision = ABORT }
  od
}

/* The manager is process 0. */
#define I (_pid - 1)

active [COUNT] proctype resource() {
end:
  do
  :: d_step { state[I] == WORKING -> state[I] = PREPARED; sent[I] = 1 }
  :: d_step { state[I] == WORKING -> state[I] = ABORTED }
  :: d_step { decision == COMMIT -> state[I] = COMMITTED }
  :: d_step { decision == ABORT -> state[I] = ABORTED }
  od
}
