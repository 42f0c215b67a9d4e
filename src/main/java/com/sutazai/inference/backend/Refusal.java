package com.sutazai.inference.backend;

/**
 * A part of a request that the other dialect cannot say. It is told to the caller, because leaving
 * it out would answer something else than was asked.
 *
 * @param field where it stands in the request, such as {@code options.num_ctx}
 * @param reason the rest of a sentence that begins with the field, and what to do instead
 */
public record Refusal(String field, String reason) {}
