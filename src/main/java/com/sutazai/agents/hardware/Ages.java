package com.sutazai.agents.hardware;

import com.sutazai.agents.Payload;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** When files are old: logs are compressed first and deleted much later. */
record Ages(Duration compressLogs, Duration deleteLogs, Duration deleteTemporary) {
  private static final int MOST_DAYS = 3650;

  /** What is due for an old file. */
  enum Due {
    COMPRESS_LOG,
    DELETE_LOG,
    DELETE_TEMPORARY
  }

  static Ages of(Payload payload) {
    return new Ages(
        days(payload, "compress_logs_after_days", 7),
        days(payload, "delete_logs_after_days", 90),
        days(payload, "delete_temp_after_days", 7));
  }

  private static Duration days(Payload payload, String name, int byDefault) {
    return Duration.ofDays(payload.whole(name, 1, MOST_DAYS, byDefault));
  }

  Optional<Due> due(FoundFile file, Instant now) {
    if (FileKinds.isLog(file)) {
      if (file.isOlderThan(deleteLogs, now)) {
        return Optional.of(Due.DELETE_LOG);
      }
      boolean worthIt = file.bytes() > 0 && !FileKinds.isCompressed(file);
      return worthIt && file.isOlderThan(compressLogs, now)
          ? Optional.of(Due.COMPRESS_LOG)
          : Optional.empty();
    }
    return FileKinds.isTemporary(file) && file.isOlderThan(deleteTemporary, now)
        ? Optional.of(Due.DELETE_TEMPORARY)
        : Optional.empty();
  }
}
