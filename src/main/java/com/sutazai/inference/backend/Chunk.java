package com.sutazai.inference.backend;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/**
 * One piece of a streamed answer.
 *
 * @param json as its dialect writes it; must not be changed, because several callers may read it
 * @param content whether it carries something of the answer itself: text, reasoning, a tool call
 * @param last whether nothing follows; the closing {@code [DONE]} of OpenAI's dialect is an empty
 *     object
 * @param usage tokens counted so far, where the piece says so
 * @param written the same as {@code json} in UTF-8 and one line, as the server wrote it; null where
 *     it was made here. Must not be changed either
 */
@SuppressWarnings("ArrayRecordComponent") // never compared, and shared as it is
public record Chunk(
    ObjectNode json,
    boolean content,
    boolean last,
    @Nullable Usage usage,
    byte @Nullable [] written) {

  /** A piece that was made here. */
  public Chunk(ObjectNode json, boolean content, boolean last, @Nullable Usage usage) {
    this(json, content, last, usage, null);
  }

  /** It in one line of UTF-8; the server's own words where it is a server's. Not to be changed. */
  public byte[] bytes(ObjectMapper mapper) throws JsonProcessingException {
    return written == null ? mapper.writeValueAsBytes(json) : written;
  }
}
