package com.sutazai.platform.json;

import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;

/**
 * Bounds what JSON of others may be made of, so that a short text cannot cost much: its depth, the
 * digits of a number, the characters of a name and of a text. The mapper is made before there are
 * settings; it takes them from its factory for each text that it reads.
 */
@Singleton
class JsonLimits {
  private static final int FIRST = 1;

  private final ObjectMapper mapper;
  private final JsonConfig config;

  JsonLimits(ObjectMapper mapper, JsonConfig config) {
    this.mapper = mapper;
    this.config = config;
  }

  void set(@Observes @Priority(FIRST) StartupEvent event) {
    long text = Math.min(Integer.MAX_VALUE, config.maxTextLength().asLongValue());
    mapper
        .getFactory()
        .setStreamReadConstraints(
            StreamReadConstraints.builder()
                .maxNestingDepth(config.maxDepth())
                .maxNumberLength(config.maxNumberLength())
                .maxNameLength(config.maxNameLength())
                .maxStringLength((int) text)
                .build());
  }
}
