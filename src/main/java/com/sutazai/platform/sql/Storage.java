package com.sutazai.platform.sql;

import com.sutazai.platform.error.ErrorCode;
import com.sutazai.platform.error.ProblemException;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Whether the database has room for more. What is accepted already is still finished when there is
 * none; new work is refused while the server can still write.
 */
@ApplicationScoped
public class Storage {
  private static final Duration RETRY_AFTER = Duration.ofSeconds(30);

  private volatile @Nullable String shortage;

  /** Says that room is short, and what to do about it. */
  public void isShort(String detail) {
    shortage = detail;
  }

  /** Says that there is room. */
  public void isEnough() {
    shortage = null;
  }

  /** Why nothing more is accepted; null when there is room. */
  public @Nullable String shortage() {
    return shortage;
  }

  /** Refuses new work with 503 {@code database_unavailable} while room is short. */
  public void requireRoom() {
    String detail = shortage;
    if (detail != null) {
      throw new ProblemException(ErrorCode.DATABASE_UNAVAILABLE, detail).retryAfter(RETRY_AFTER);
    }
  }
}
