package com.sutazai.cache.http;

import jakarta.ws.rs.NameBinding;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a {@code GET} method under {@code /api/} whose answers are kept for the caller that asked.
 * It answers an entity that is written as JSON; what must not be kept, it sends with {@code
 * Cache-Control: no-store}.
 */
@NameBinding
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface CachedResponse {
  /** Where its answers are kept. */
  Kept region() default Kept.RESPONSE;

  /**
   * What an answer is made of, as {@link com.sutazai.cache.Tags} says it; <code>{id}</code> stands
   * for the path's variable of that name.
   */
  String[] tags() default {};
}
