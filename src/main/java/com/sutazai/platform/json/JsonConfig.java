package com.sutazai.platform.json;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.validation.constraints.Min;

/** What JSON may be made of. */
@ConfigMapping(prefix = "sutazai.json")
public interface JsonConfig {
  /** Objects and lists within each other. */
  @WithDefault("200")
  @Min(1)
  int maxDepth();

  /** Characters of a number; the database writes those with exponents out in full. */
  @WithDefault("1000")
  @Min(1)
  int maxNumberLength();

  /** Characters of a name. */
  @WithDefault("1000")
  @Min(1)
  int maxNameLength();

  /** Characters of a text; images come as such. */
  @WithDefault("32M")
  MemorySize maxTextLength();
}
