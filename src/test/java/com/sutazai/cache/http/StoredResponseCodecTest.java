package com.sutazai.cache.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sutazai.cache.http.StoredResponse.Head;
import com.sutazai.cache.http.StoredResponse.Other;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class StoredResponseCodecTest {
  private static final Head HEAD =
      new Head(
          "/a/{id}", "text/plain", "\"1\"", "private", "Accept", List.of(new Other("Link", "<é>")));
  private static final byte[] BODY = "{\"a\":\"ü\"}".getBytes(StandardCharsets.UTF_8);

  private final StoredResponseCodec codec = new StoredResponseCodec();

  @Test
  void an_answer_is_read_as_it_was_written() throws IOException {
    // When
    StoredResponse read = codec.decode(codec.encode(new StoredResponse(HEAD, BODY)));

    // Then
    assertThat(read.head()).isEqualTo(HEAD);
    assertThat(read.body().getBytes()).isEqualTo(BODY);
  }

  @Test
  void what_was_cut_in_its_head_is_no_answer() {
    // Given
    byte[] written = codec.encode(new StoredResponse(HEAD, BODY));

    // When, then
    for (int length = 0; length < written.length - BODY.length; length++) {
      byte[] cut = Arrays.copyOf(written, length);
      assertThatThrownBy(() -> codec.decode(cut)).isInstanceOf(IOException.class);
    }
  }
}
