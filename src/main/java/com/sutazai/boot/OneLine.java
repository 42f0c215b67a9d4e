package com.sutazai.boot;

import io.quarkus.logging.LoggingFilter;
import java.util.logging.Filter;
import java.util.logging.LogRecord;
import java.util.regex.Pattern;
import org.jboss.logmanager.ExtLogRecord;

/**
 * Keeps each message of the log on one line, so that a text from outside cannot look like a line of
 * its own, or steer a terminal. Traces of failures are not touched.
 */
@LoggingFilter(name = "one-line")
final class OneLine implements Filter {
  private static final Pattern CONTROL = Pattern.compile("[\\p{Cntrl}\u2028\u2029&&[^\t]]");

  @Override
  public boolean isLoggable(LogRecord record) {
    if (record instanceof ExtLogRecord message) {
      String text = message.getFormattedMessage();
      if (text != null && CONTROL.matcher(text).find()) {
        message.setMessage(escaped(text), ExtLogRecord.FormatStyle.NO_FORMAT);
      }
    }
    return true;
  }

  private static String escaped(String text) {
    return CONTROL
        .matcher(text)
        .replaceAll(sign -> String.format("\\\\u%04x", (int) sign.group().charAt(0)));
  }
}
