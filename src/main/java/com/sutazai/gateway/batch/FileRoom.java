package com.sutazai.gateway.batch;

import com.sutazai.platform.caller.Caller;
import com.sutazai.platform.error.ErrorCode;
import com.sutazai.platform.error.ProblemException;
import com.sutazai.platform.sql.Database;
import com.sutazai.platform.sql.Storage;
import jakarta.enterprise.context.ApplicationScoped;

/** Whether there is room for more of an owner's files: in the database, and within its quota. */
@ApplicationScoped
class FileRoom {
  private final Database database;
  private final FileRepository repository;
  private final Storage storage;
  private final long most;

  FileRoom(Database database, FileRepository repository, Storage storage, BatchesConfig config) {
    this.database = database;
    this.repository = repository;
    this.storage = storage;
    most = config.maxStored().asLongValue();
  }

  /** Refuses a new file or batch while there is none: with 503, or with 409 by the quota. */
  void require(Caller caller) {
    storage.requireRoom();
    requireQuota(repository.stored(database, caller.owner()));
  }

  /** The same for each piece of an upload: others of the owner may have come meanwhile. */
  void requireForPiece(Caller caller) {
    storage.requireRoom();
    requireQuota(repository.seenAndUploaded(database, caller.owner()));
  }

  private void requireQuota(long stored) {
    if (stored >= most) {
      throw new ProblemException(
          ErrorCode.WRONG_STATE,
          "Your files have " + most + " bytes (sutazai.batches.max-stored); delete some first.");
    }
  }
}
