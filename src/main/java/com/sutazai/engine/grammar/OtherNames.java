package com.sutazai.engine.grammar;

import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;

/**
 * Names of properties that a schema does not list. The listed ones are walked along as a tree of
 * characters, which a name has to leave somewhere; it leaves it by a plain character, because an
 * escaped one might be the listed one after all.
 */
final class OtherNames {
  private final Map<Integer, OtherNames> next = new TreeMap<>();
  private boolean end;

  private OtherNames() {}

  /** What matches each name, with its quotes, that is none of these. */
  static String than(Collection<String> taken) {
    if (taken.isEmpty()) {
      return "string";
    }
    OtherNames tree = new OtherNames();
    taken.forEach(tree::add);
    StringBuilder rule = new StringBuilder("\"\\\"\" ");
    tree.rest(rule);
    return rule.append(" \"\\\"\"").toString();
  }

  private void add(String name) {
    OtherNames place = this;
    for (int each : name.codePoints().toArray()) {
      place = place.next.computeIfAbsent(each, c -> new OtherNames());
    }
    place.end = true;
  }

  /**
   * Writes what may follow here; more must, where a listed name ends. Calls itself for each
   * character of a name, so names have to be bounded.
   */
  private void rest(StringBuilder rule) {
    rule.append("([^\"\\\\\\x7F\\x00-\\x1F");
    next.keySet().forEach(character -> rule.append(Literals.inBrackets(character)));
    rule.append("] char*");
    for (Map.Entry<Integer, OtherNames> each : next.entrySet()) {
      int character = each.getKey();
      if (isPlain(character)) {
        rule.append(" | ").append(Literals.literal(Character.toString(character))).append(' ');
        each.getValue().rest(rule);
      }
    }
    rule.append(end ? ")" : ")?");
  }

  private static boolean isPlain(int character) {
    return character != '"' && character != '\\' && character >= ' ' && character != 0x7f;
  }
}
