package com.sutazai.engine.model;

import java.nio.file.Path;
import java.time.Instant;

/**
 * A model that can be run.
 *
 * @param name as it is listed
 * @param digest SHA-256 of its file in hexadecimal; empty while that is still being computed
 * @param size of its file, in bytes
 */
public record StoredModel(
    String name, Path file, String digest, long size, Instant modified, GgufHeader header) {}
