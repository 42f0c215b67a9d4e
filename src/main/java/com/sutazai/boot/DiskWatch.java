package com.sutazai.boot;

import com.sutazai.platform.sql.Storage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jboss.logging.Logger;

/**
 * Watches the free space under the embedded database, because a PostgreSQL that cannot write its
 * log stops at once.
 */
final class DiskWatch implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(DiskWatch.class);
  private static final Duration INTERVAL = Duration.ofSeconds(1);

  private final Path path;
  private final long minFree;
  private final Storage storage;
  private final Thread thread;
  private boolean low;

  private DiskWatch(Path path, long minFree, Storage storage) {
    this.path = path;
    this.minFree = minFree;
    this.storage = storage;
    thread = Thread.ofPlatform().daemon().name("disk-watch").unstarted(this::run);
  }

  static DiskWatch start(Path path, long minFree, Storage storage) {
    DiskWatch watch = new DiskWatch(path, minFree, storage);
    watch.thread.start();
    return watch;
  }

  private void run() {
    try {
      while (true) {
        look();
        Thread.sleep(INTERVAL);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void look() {
    try {
      long free = Files.getFileStore(path).getUsableSpace();
      if (free < minFree) {
        String detail =
            "Only "
                + (free >> 20)
                + " MB are free in "
                + path
                + "; nothing new is accepted below "
                + (minFree >> 20)
                + " MB (sutazai.boot.min-free). Free some space there.";
        storage.isShort(detail);
        if (!low) {
          LOG.error(detail);
        }
        low = true;
      } else if (low) {
        low = false;
        storage.isEnough();
        LOG.infof("%d MB are free in %s again", free >> 20, path);
      }
    } catch (IOException e) {
      LOG.warnf("The free space in %s cannot be read: %s", path, e);
    }
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
