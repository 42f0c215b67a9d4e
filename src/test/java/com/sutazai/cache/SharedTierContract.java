package com.sutazai.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;

/** What a tier does besides that several installations may use. */
public abstract class SharedTierContract extends TierContract {
  /** That of another installation in the same place. */
  protected abstract Tier elsewhere();

  @Test
  void another_installation_has_entries_of_its_own() {
    tier().put("answers:a", bytes("here"), Set.of("red"), LONG);
    elsewhere().put("answers:a", bytes("there"), Set.of("red"), LONG);

    assertThat(tier().remove("red")).isOne();

    assertThat(elsewhere().get("answers:a")).isEqualTo(bytes("there"));
    assertThat(elsewhere().remove("red")).isOne();
  }
}
