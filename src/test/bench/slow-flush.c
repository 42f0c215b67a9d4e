/*
 * Lets each fdatasync take FLUSH_MICROS longer, as on a disk that is slower to keep what it was given. A database server
 * that is started with this in LD_PRELOAD waits for it at every commit; src/test/bench/queue flush=MICROS does that.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <time.h>

int fdatasync(int file) {
  static int (*own)(int);
  static long micros;
  if (!own) {
    const char *asked = getenv("FLUSH_MICROS");
    micros = asked ? atol(asked) : 0;
    own = (int (*)(int)) dlsym(RTLD_NEXT, "fdatasync");
  }
  struct timespec pause = {micros / 1000000, micros % 1000000 * 1000};
  nanosleep(&pause, NULL);
  return own(file);
}
