package com.sutazai.boot;

import static org.assertj.core.api.Assertions.assertThat;

import org.jboss.logmanager.ExtLogRecord;
import org.jboss.logmanager.Level;
import org.junit.jupiter.api.Test;

class OneLineTest {
  private static String logged(String format, Object... parameters) {
    var record = new ExtLogRecord(Level.WARN, format, ExtLogRecord.FormatStyle.PRINTF, "test");
    record.setParameters(parameters);
    assertThat(new OneLine().isLoggable(record)).isTrue();
    return record.getFormattedMessage();
  }

  /** CWE-117: a caller's text writes no line of the log. */
  @Test
  void a_line_break_is_written_as_its_code() {
    assertThat(logged("model %s is not there", "a\r\n12:00:00.000 ERROR [x] all is lost\u2028b"))
        .isEqualTo("model a\\u000d\\u000a12:00:00.000 ERROR [x] all is lost\\u2028b is not there");
  }

  /** CWE-150: nor does it steer a terminal. */
  @Test
  void an_escape_is_written_as_its_code() {
    assertThat(logged("%s", "\u001b[2J$1\\")).isEqualTo("\\u001b[2J$1\\");
  }

  @Test
  void what_has_none_is_left_alone() {
    assertThat(logged("a %d\tb", 7)).isEqualTo("a 7\tb");
  }
}
