package com.sutazai.testing;

import com.sutazai.platform.sql.Database;
import com.sutazai.platform.sql.Sql;
import com.sutazai.platform.sql.Statement;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Makes whoever asks for a table wait, until it is closed. */
public final class TableLock implements AutoCloseable {
  private final CountDownLatch held = new CountDownLatch(1);
  private final CountDownLatch end = new CountDownLatch(1);
  private final ExecutorService thread = Executors.newSingleThreadExecutor();
  private final Future<Integer> holder;

  private TableLock(Database database, String table) {
    holder = thread.submit(() -> database.transaction(sql -> hold(sql, table)));
  }

  public static TableLock of(Database database, String table) throws InterruptedException {
    var lock = new TableLock(database, table);
    lock.held.await();
    return lock;
  }

  private Integer hold(Sql sql, String table) {
    sql.update(
        Statement.of("test.lock_table", "LOCK TABLE " + table + " IN ACCESS EXCLUSIVE MODE"));
    held.countDown();
    try {
      end.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    return 1;
  }

  @Override
  public void close() throws InterruptedException, ExecutionException {
    end.countDown();
    holder.get();
    thread.shutdown();
  }
}
