package com.sutazai.platform.id;

import com.fasterxml.uuid.Generators;
import com.fasterxml.uuid.NoArgGenerator;
import com.sutazai.platform.error.ProblemException;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.UUID;

/** Makes identifiers that sort by the time they were made (UUID version 7, RFC 9562). */
@ApplicationScoped
public class Ids {
  private final NoArgGenerator generator = Generators.timeBasedEpochGenerator();

  public UUID next() {
    return generator.generate();
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
