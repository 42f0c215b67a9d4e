package com.sutazai.agents.documents;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A document as a caller sends it.
 *
 * @param name at most 255 characters; there may be several of one name
 * @param text at most 1 MiB in UTF-8
 * @param tags at most 50 words
 */
@RegisterForReflection
record MakeDocument(@Nullable String name, @Nullable String text, @Nullable List<String> tags) {}
