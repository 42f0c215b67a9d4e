package com.sutazai.inference.backend;

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
 */
public record Chunk(ObjectNode json, boolean content, boolean last, @Nullable Usage usage) {}
