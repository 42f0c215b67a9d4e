package com.sutazai.platform.id;

import com.fasterxml.uuid.Generators;
import com.fasterxml.uuid.NoArgGenerator;
import com.sutazai.platform.error.ProblemException;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Makes identifiers that sort by the time they were made (UUID version 7, RFC 9562). */
@ApplicationScoped
public class Ids {
  private final NoArgGenerator generator = Generators.timeBasedEpochGenerator();

  public UUID next() {
    return generator.generate();
  }

  /**
   * Not later than any identifier that is made at or after the time, in the order of the database.
   */
  public static UUID firstOf(Instant time) {
    return new UUID(time.toEpochMilli() << 16 | 0x7000, Long.MIN_VALUE);
  }

  /**
   * Reads an identifier of a path or body; anything that is not one cannot exist, so the answer is
   * 404.
   */
  public static UUID parse(String what, String text) {
    UUID id = read(text);
    if (id != null) {
      return id;
    }
    throw ProblemException.notFound(what, text.length() > 40 ? text.substring(0, 40) + "…" : text);
  }

  /** Reads an identifier; null when the text is none. */
  public static @Nullable UUID read(String text) {
    try {
      UUID id = UUID.fromString(text);
      return id.toString().equalsIgnoreCase(text) ? id : null;
    } catch (IllegalArgumentException e) {
      return null;
    }
  }
}
