package com.sutazai.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sutazai.boot.FreePort.Range;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FreePortTest {
  private static final int ALL = 65_536;

  @ParameterizedTest
  @CsvSource({
    "32768, 60999, 10240, 65535", // as Linux has it
    "1024, 60000, 60001, 65535",
    "40000, 65535, 10240, 39999",
    "5000, 6000, 10240, 65535"
  })
  void it_is_beside_those_of_outgoing_connections(int first, int last, int lowest, int highest) {
    // Given
    Range outgoing = new Range(first, last);

    // When
    List<Integer> ports =
        IntStream.range(0, ALL).map(outgoing::beside).distinct().sorted().boxed().toList();

    // Then
    int taken = Math.max(0, Math.min(last, highest) - Math.max(first, lowest) + 1);
    assertThat(ports).hasSize(highest - lowest + 1 - taken).contains(lowest, highest);
    assertThat(ports)
        .allMatch(port -> port >= lowest && port <= highest && (port < first || port > last));
  }

  @ParameterizedTest
  @CsvSource({"1024, 65535", "0, 65535", "10240, 64900"})
  void where_they_get_nearly_all_the_system_chooses(int first, int last) {
    assertThat(new Range(first, last).beside(7)).isZero();
  }

  @Test
  void the_bounds_are_read_as_the_system_writes_them() {
    assertThat(Range.parse("32768\t60999\n")).isEqualTo(new Range(32_768, 60_999));
    assertThatThrownBy(() -> Range.parse("32768")).isInstanceOf(NumberFormatException.class);
  }

  @Test
  void one_that_somebody_listens_on_is_not_found() throws Exception {
    // Given
    Range allButFew = new Range(10_240 + 1_000, 65_535);

    // When
    try (ServerSocket listening = listening(allButFew)) {
      int taken = listening.getLocalPort();

      // Then
      assertThat(IntStream.range(0, 5_000).map(_ -> found(allButFew)).distinct().boxed())
          .hasSizeGreaterThan(500)
          .doesNotContain(taken)
          .allMatch(port -> port >= 10_240 && port < 11_240);
    }
  }

  /** On a port that was found, and that nobody else has taken since. */
  private static ServerSocket listening(Range outgoing) throws IOException {
    while (true) {
      try {
        return new ServerSocket(FreePort.find(outgoing), 1, InetAddress.getLoopbackAddress());
      } catch (BindException overtaken) {
        // the next one then
      }
    }
  }

  private static int found(Range outgoing) {
    try {
      return FreePort.find(outgoing);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
