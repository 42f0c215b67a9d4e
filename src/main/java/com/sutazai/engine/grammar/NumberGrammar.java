package com.sutazai.engine.grammar;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Numbers within bounds. Of numbers with a fraction the bounds must be whole. */
final class NumberGrammar {
  private static final String FRACTION = "(\".\" digits)?";
  private static final String NO_FRACTION = "(\".\" \"0\"{1,16})?";
  private static final String SOME_FRACTION = "\".\" [0-9]{0,15} [1-9]";

  private static final Bound ZERO = new Bound(BigDecimal.ZERO, true);

  private final JsonNode schema;
  private final String path;

  NumberGrammar(JsonNode schema, String path) {
    this.schema = schema;
    this.path = path;
  }

  /** One side's bound: the value, and whether it is itself allowed. */
  private record Bound(BigDecimal value, boolean included) {}

  String integer() throws UnsupportedSchemaException {
    Bound least = bound("minimum", "exclusiveMinimum", 1);
    Bound most = bound("maximum", "exclusiveMaximum", -1);
    if (least == null && most == null) {
      return "integer";
    }
    BigInteger from = least == null ? null : ceiling(least);
    BigInteger to = most == null ? null : ceiling(negated(most)).negate();
    requireOrder(from, to);
    return IntegerRange.between(from, to);
  }

  String number() throws UnsupportedSchemaException {
    Bound least = bound("minimum", "exclusiveMinimum", 1);
    Bound most = bound("maximum", "exclusiveMaximum", -1);
    if (least == null && most == null) {
      return "number";
    }
    requireWhole(least);
    requireWhole(most);
    requireOrder(
        least == null ? null : least.value().toBigIntegerExact(),
        most == null ? null : most.value().toBigIntegerExact());
    List<String> alternatives = new ArrayList<>();
    if (most == null
        || most.value().signum() > 0
        || most.value().signum() == 0 && most.included()) {
      Bound near = least == null || least.value().signum() < 0 ? ZERO : least;
      magnitudes(near, most, "", alternatives);
    }
    if (least == null || least.value().signum() < 0) {
      Bound near = most == null || most.value().signum() > 0 ? ZERO : negated(most);
      magnitudes(near, least == null ? null : negated(least), "\"-\" ", alternatives);
    }
    if (alternatives.isEmpty()) {
      throw new UnsupportedSchemaException(path, "allows no number");
    }
    return String.join(" | ", alternatives);
  }

  /** Numbers from one bound, zero or above, to the other one, behind the sign. */
  private static void magnitudes(
      Bound from, @Nullable Bound to, String sign, List<String> alternatives) {
    BigInteger low = from.value().toBigIntegerExact();
    BigInteger high = to == null ? null : to.value().toBigIntegerExact();
    if (!from.included()) {
      if (low.equals(high)) {
        return;
      }
      alternatives.add(sign + "\"" + low + "\" " + SOME_FRACTION);
      low = low.add(BigInteger.ONE);
    }
    if (high == null || low.compareTo(high) < 0) {
      BigInteger last = high == null ? null : high.subtract(BigInteger.ONE);
      alternatives.add(sign + "(" + IntegerRange.between(low, last) + ") " + FRACTION);
    }
    if (to != null && to.included()) {
      alternatives.add(sign + "\"" + high + "\" " + NO_FRACTION);
    }
  }

  private static Bound negated(Bound bound) {
    return new Bound(bound.value().negate(), bound.included());
  }

  /** The least whole number that the bound allows. */
  private static BigInteger ceiling(Bound least) {
    BigInteger up = least.value().setScale(0, RoundingMode.CEILING).toBigIntegerExact();
    boolean itself = new BigDecimal(up).compareTo(least.value()) == 0;
    return itself && !least.included() ? up.add(BigInteger.ONE) : up;
  }

  /** The stricter of both keywords; {@code side} is 1 where the greater one is stricter. */
  private @Nullable Bound bound(String included, String excluded, int side)
      throws UnsupportedSchemaException {
    Bound with = bound(included, true);
    Bound without = bound(excluded, false);
    if (with == null || without == null) {
      return with == null ? without : with;
    }
    return with.value().compareTo(without.value()) * side > 0 ? with : without;
  }

  private @Nullable Bound bound(String keyword, boolean included)
      throws UnsupportedSchemaException {
    JsonNode value = schema.path(keyword);
    if (value.isMissingNode()) {
      return null;
    }
    BigDecimal number = value.isNumber() ? value.decimalValue() : BigDecimal.ZERO;
    if (!value.isNumber() || number.precision() - number.scale() > IntegerRange.MOST_DIGITS) {
      throw new UnsupportedSchemaException(
          path + "." + keyword, "must be a number of at most 16 digits");
    }
    return new Bound(number, included);
  }

  private void requireWhole(@Nullable Bound bound) throws UnsupportedSchemaException {
    if (bound != null && bound.value().stripTrailingZeros().scale() > 0) {
      throw new UnsupportedSchemaException(
          path, "has a bound with a fraction, and numbers can be held to whole bounds only");
    }
  }

  private void requireOrder(@Nullable BigInteger from, @Nullable BigInteger to)
      throws UnsupportedSchemaException {
    if (from != null && to != null && from.compareTo(to) > 0) {
      throw new UnsupportedSchemaException(path, "has a minimum above its maximum");
    }
  }
}
