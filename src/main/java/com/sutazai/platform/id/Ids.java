package com.sutazai.platform.id;

import com.fasterxml.uuid.Generators;
import com.fasterxml.uuid.NoArgGenerator;
import com.sutazai.platform.error.ProblemException;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.UUID;

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
    try {
      UUID id = UUID.fromString(text);
      if (id.toString().equalsIgnoreCase(text)) {
        return id;
      }
    } catch (IllegalArgumentException e) {
      // falls through to the same answer
    }
    throw ProblemException.notFound(what, text.length() > 40 ? text.substring(0, 40) + "…" : text);
  }
}
