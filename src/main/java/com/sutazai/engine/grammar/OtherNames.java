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
    OtherNames tree = new OtherNames();
    taken.forEach(tree::add);
    return taken.isEmpty() ? "string" : "\"\\\"\" " + tree.rest() + " \"\\\"\"";
  }

  private void add(String name) {
    OtherNames place = this;
    for (int each : name.codePoints().toArray()) {
      place = place.next.computeIfAbsent(each, c -> new OtherNames());
    }
    place.end = true;
  }

  /** What may follow here; more must, where a listed name ends. */
  private String rest() {
    StringBuilder left = new StringBuilder("[^\"\\\\\\x7F\\x00-\\x1F");
    StringBuilder alternatives = new StringBuilder();
    next.forEach(
        (character, place) -> {
          left.append(Literals.inBrackets(character));
          if (isPlain(character)) {
            alternatives
                .append(" | ")
                .append(Literals.literal(Character.toString(character)))
                .append(' ')
                .append(place.rest());
          }
        });
    return "(" + left + "] char*" + alternatives + ")" + (end ? "" : "?");
  }

  private static boolean isPlain(int character) {
    return character != '"' && character != '\\' && character >= ' ' && character != 0x7f;
  }
}
