package com.sutazai.inference.usage;

import com.sutazai.inference.backend.Usage;
import org.jspecify.annotations.Nullable;

/**
 * How one request to a model went.
 *
 * @param failed whether the caller got an error, or left before the end
 * @param usage as the model server counted; null when it did not
 * @param queueNanos waiting for a free place at a server
 * @param totalNanos from the caller's request to its end
 */
public record Outcome(boolean failed, @Nullable Usage usage, long queueNanos, long totalNanos) {}
