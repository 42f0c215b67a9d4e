package com.sutazai.inference.usage;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.math.BigDecimal;

/** What tokens cost, in units of the operator's own. */
@ConfigMapping(prefix = "sutazai.inference.cost")
interface CostConfig {
  /** Units for 1,000 tokens of a prompt. */
  @WithDefault("1")
  BigDecimal promptTokens();

  /** Units for 1,000 tokens of an answer. */
  @WithDefault("1")
  BigDecimal completionTokens();
}
