package com.sutazai.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class EnvelopeTest {
  private static final Envelope ENTRY =
      new Envelope(
          "agent/1/owner/größe",
          Set.of("agent:1", "agents"),
          7,
          1_000,
          2_000,
          new byte[] {1, 2, 3, 0});

  @Test
  void an_entry_comes_back_whole() throws IOException {
    assertThat(Envelope.read(ENTRY.bytes())).isEqualTo(ENTRY);
  }

  @Test
  void an_entry_cut_anywhere_is_none() {
    byte[] bytes = ENTRY.bytes();
    for (int length = 0; length < bytes.length; length++) {
      byte[] cut = Arrays.copyOf(bytes, length);
      assertThatThrownBy(() -> Envelope.read(cut))
          .as("%s bytes", length)
          .isInstanceOf(IOException.class);
    }
  }

  @Test
  void an_entry_with_a_changed_bit_is_none() {
    byte[] bytes = ENTRY.bytes();
    for (int bit = 0; bit < bytes.length * 8; bit++) {
      byte[] changed = bytes.clone();
      changed[bit / 8] ^= (byte) (1 << bit % 8);
      assertThatThrownBy(() -> Envelope.read(changed))
          .as("bit %s", bit)
          .isInstanceOf(IOException.class);
    }
  }

  @Test
  void what_is_no_entry_at_all_is_none() {
    var random = new Random(42);
    for (int i = 0; i < 10_000; i++) {
      byte[] garbage = new byte[random.nextInt(200)];
      random.nextBytes(garbage);
      assertThatThrownBy(() -> Envelope.read(garbage)).isInstanceOf(IOException.class);
    }
  }
}
