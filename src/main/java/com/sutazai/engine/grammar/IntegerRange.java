package com.sutazai.engine.grammar;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes the whole numbers between two bounds, by their digits. */
final class IntegerRange {
  /** Digits of the largest number that is written where there is no upper bound. */
  static final int MOST_DIGITS = 16;

  private static final BigInteger LARGEST =
      BigInteger.TEN.pow(MOST_DIGITS).subtract(BigInteger.ONE);

  private IntegerRange() {}

  /** What matches the numbers from one to the other, both included; null for no bound. */
  static String between(@Nullable BigInteger least, @Nullable BigInteger most) {
    BigInteger from = least == null ? LARGEST.negate() : least;
    BigInteger to = most == null ? LARGEST.max(from) : most;
    from = least == null ? from.min(to) : from;
    List<String> alternatives = new ArrayList<>();
    if (from.signum() < 0) {
      BigInteger nearest = to.signum() < 0 ? to.negate() : BigInteger.ONE;
      alternatives.add("\"-\" (" + positive(nearest, from.negate()) + ")");
    }
    if (to.signum() >= 0) {
      alternatives.add(positive(from.max(BigInteger.ZERO), to));
    }
    return String.join(" | ", alternatives);
  }

  /** Both of them at least zero: for each number of digits those that have so many. */
  private static String positive(BigInteger from, BigInteger to) {
    List<String> alternatives = new ArrayList<>();
    BigInteger low = from;
    while (low.compareTo(to) <= 0) {
      BigInteger high =
          BigInteger.TEN.pow(low.toString().length()).subtract(BigInteger.ONE).min(to);
      alternatives.add(sameLength(low.toString(), high.toString()));
      low = high.add(BigInteger.ONE);
    }
    return String.join(" | ", alternatives);
  }

  private static String sameLength(String low, String high) {
    if (low.equals(high)) {
      return Literals.literal(low);
    }
    int rest = low.length() - 1;
    char first = low.charAt(0);
    char last = high.charAt(0);
    if (rest == 0) {
      return digit(first, last);
    }
    String lowRest = low.substring(1);
    String highRest = high.substring(1);
    if (first == last) {
      return Literals.literal(String.valueOf(first)) + " (" + sameLength(lowRest, highRest) + ")";
    }
    List<String> alternatives = new ArrayList<>();
    boolean fromStart = lowRest.equals("0".repeat(rest));
    boolean toEnd = highRest.equals("9".repeat(rest));
    char whole = (char) (fromStart ? first : first + 1);
    char wholeEnd = (char) (toEnd ? last : last - 1);
    if (!fromStart) {
      alternatives.add(digit(first, first) + " (" + sameLength(lowRest, "9".repeat(rest)) + ")");
    }
    if (whole <= wholeEnd) {
      alternatives.add(digit(whole, wholeEnd) + " [0-9]{" + rest + "}");
    }
    if (!toEnd) {
      alternatives.add(digit(last, last) + " (" + sameLength("0".repeat(rest), highRest) + ")");
    }
    return String.join(" | ", alternatives);
  }

  private static String digit(char from, char to) {
    return from == to ? "\"" + from + "\"" : "[" + from + "-" + to + "]";
  }
}
