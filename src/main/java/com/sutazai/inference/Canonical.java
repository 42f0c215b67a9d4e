package com.sutazai.inference;

import com.fasterxml.jackson.databind.JsonNode;
import com.sutazai.platform.id.Digests;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.TreeMap;

/**
 * One text for all JSON values that mean the same: neither the order of fields nor the way that a
 * number is written matters. Values that mean something else have another text.
 */
final class Canonical {
  /** Whole numbers up to here are written alike whichever type holds them. */
  private static final double EXACT = 1e15;

  private Canonical() {}

  /** 64 hexadecimal digits that stand for the texts, in this order. */
  static String hash(String... texts) {
    MessageDigest digest = Digests.sha256();
    for (String text : texts) {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      digest.update((bytes.length + ":").getBytes(StandardCharsets.US_ASCII));
      digest.update(bytes);
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  static String text(JsonNode value) {
    StringBuilder text = new StringBuilder(256);
    append(value, text);
    return text.toString();
  }

  private static void append(JsonNode value, StringBuilder text) {
    switch (value.getNodeType()) {
      case OBJECT -> appendObject(value, text);
      case ARRAY -> {
        text.append('[');
        for (Iterator<JsonNode> each = value.elements(); each.hasNext(); text.append(',')) {
          append(each.next(), text);
        }
        text.append(']');
      }
      case STRING -> quote(value.textValue(), text);
      case NUMBER -> appendNumber(value, text);
      case BINARY, BOOLEAN, MISSING, NULL, POJO -> text.append(value);
    }
  }

  private static void appendObject(JsonNode value, StringBuilder text) {
    TreeMap<String, JsonNode> fields = new TreeMap<>();
    value.properties().forEach(field -> fields.put(field.getKey(), field.getValue()));
    text.append('{');
    fields.forEach(
        (name, field) -> {
          quote(name, text);
          text.append(':');
          append(field, text);
          text.append(',');
        });
    text.append('}');
  }

  private static void appendNumber(JsonNode value, StringBuilder text) {
    double number = value.doubleValue();
    if (number == Math.rint(number) && Math.abs(number) < EXACT) {
      text.append((long) number);
    } else if (Double.isFinite(number) || value.isIntegralNumber()) {
      BigDecimal exact = value.decimalValue();
      text.append(exact.stripTrailingZeros());
    } else {
      text.append(number);
    }
  }

  /** Half of a surrogate pair has no bytes of its own in UTF-8, so each half is written out. */
  private static void quote(String value, StringBuilder text) {
    text.append('"');
    for (int i = 0; i < value.length(); i++) {
      char each = value.charAt(i);
      if (each == '"' || each == '\\') {
        text.append('\\').append(each);
      } else if (Character.isSurrogate(each)) {
        text.append("\\u").append(Integer.toHexString(each));
      } else {
        text.append(each);
      }
    }
    text.append('"');
  }
}
