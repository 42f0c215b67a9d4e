package com.sutazai.engine.grammar;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntPredicate;

/** Reads a grammar as llama.cpp does and tells whether it has a text. */
final class GbnfMatcher {
  private static final int UNBOUNDED = Integer.MAX_VALUE;

  private final Map<String, Node> rules = new HashMap<>();
  private final Map<Node, Map<Integer, Set<Integer>>> known = new HashMap<>();
  private String text = "";
  private String source = "";
  private int at;

  /** A part of a grammar; compared by identity. */
  private abstract static class Node {
    abstract Set<Integer> ends(GbnfMatcher in, int from);
  }

  GbnfMatcher(String grammar) {
    for (String line : grammar.lines().toList()) {
      int sign = line.indexOf(" ::= ");
      source = line.substring(sign + 5);
      at = 0;
      Node body = alternatives();
      if (at != source.length() || rules.put(line.substring(0, sign), body) != null) {
        throw new IllegalArgumentException("cannot be read: " + line);
      }
    }
  }

  boolean matches(String whole) {
    text = whole;
    known.clear();
    return rule("root").ends(this, 0).contains(whole.length());
  }

  private Node rule(String name) {
    Node found = rules.get(name);
    if (found == null) {
      throw new IllegalArgumentException("no rule " + name);
    }
    return found;
  }

  private Set<Integer> ends(Node node, int from) {
    Map<Integer, Set<Integer>> places = known.computeIfAbsent(node, n -> new HashMap<>());
    Set<Integer> ends = places.get(from);
    if (ends == null) {
      ends = node.ends(this, from);
      places.put(from, ends);
    }
    return ends;
  }

  private void blanks() {
    while (at < source.length() && source.charAt(at) == ' ') {
      at++;
    }
  }

  private boolean at(char character) {
    return at < source.length() && source.charAt(at) == character;
  }

  private Node alternatives() {
    List<Node> all = new ArrayList<>(List.of(sequence()));
    while (at('|')) {
      at++;
      all.add(sequence());
    }
    return new Node() {
      @Override
      Set<Integer> ends(GbnfMatcher in, int from) {
        Set<Integer> ends = new TreeSet<>();
        all.forEach(each -> ends.addAll(in.ends(each, from)));
        return ends;
      }
    };
  }

  private Node sequence() {
    List<Node> parts = new ArrayList<>();
    blanks();
    while (at < source.length() && !at('|') && !at(')')) {
      parts.add(repeated(atom()));
      blanks();
    }
    return new Node() {
      @Override
      Set<Integer> ends(GbnfMatcher in, int from) {
        Set<Integer> ends = Set.of(from);
        for (Node part : parts) {
          Set<Integer> next = new TreeSet<>();
          ends.forEach(end -> next.addAll(in.ends(part, end)));
          ends = next;
        }
        return ends;
      }
    };
  }

  private Node atom() {
    if (at('(')) {
      at++;
      Node inside = alternatives();
      expect(')');
      return inside;
    }
    if (at('"')) {
      return literal();
    }
    if (at('[')) {
      return characters();
    }
    int start = at;
    while (at < source.length() && String.valueOf(source.charAt(at)).matches("[a-zA-Z0-9-]")) {
      at++;
    }
    String name = source.substring(start, at);
    if (name.isEmpty()) {
      throw new IllegalArgumentException("cannot be read from " + at + ": " + source);
    }
    return new Node() {
      @Override
      Set<Integer> ends(GbnfMatcher in, int from) {
        return in.ends(in.rule(name), from);
      }
    };
  }

  private void expect(char character) {
    if (!at(character)) {
      throw new IllegalArgumentException("no " + character + " at " + at + ": " + source);
    }
    at++;
  }

  private Node literal() {
    at++;
    StringBuilder literal = new StringBuilder();
    while (!at('"')) {
      literal.appendCodePoint(character());
    }
    at++;
    return new Node() {
      @Override
      Set<Integer> ends(GbnfMatcher in, int from) {
        boolean here = in.text.startsWith(literal.toString(), from);
        return here ? Set.of(from + literal.length()) : Set.of();
      }
    };
  }

  private int character() {
    int character = source.codePointAt(at);
    at += Character.charCount(character);
    if (character != '\\') {
      return character;
    }
    char which = source.charAt(at++);
    return switch (which) {
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'x' -> {
        at += 2;
        yield Integer.parseInt(source.substring(at - 2, at), 16);
      }
      case '"', '\\', ']', '[' -> which;
      default -> throw new IllegalArgumentException("unknown escape " + which + ": " + source);
    };
  }

  private Node characters() {
    at++;
    boolean negated = at('^');
    at += negated ? 1 : 0;
    IntPredicate found = character -> false;
    while (!at(']')) {
      int low = character();
      boolean range = at('-') && source.charAt(at + 1) != ']';
      at += range ? 1 : 0;
      int high = range ? character() : low;
      found = found.or(character -> low <= character && character <= high);
    }
    at++;
    IntPredicate all = negated ? found.negate() : found;
    return new Node() {
      @Override
      Set<Integer> ends(GbnfMatcher in, int from) {
        if (from >= in.text.length()) {
          return Set.of();
        }
        int character = in.text.codePointAt(from);
        return all.test(character) ? Set.of(from + Character.charCount(character)) : Set.of();
      }
    };
  }

  private Node repeated(Node once) {
    if (at >= source.length() || "*+?{".indexOf(source.charAt(at)) < 0) {
      return once;
    }
    char sign = source.charAt(at++);
    int least = sign == '+' ? 1 : 0;
    int most = sign == '?' ? 1 : UNBOUNDED;
    if (sign == '{') {
      int end = source.indexOf('}', at);
      String[] bounds = source.substring(at, end).split(",", -1);
      at = end + 1;
      least = Integer.parseInt(bounds[0]);
      most =
          bounds.length == 1
              ? least
              : bounds[1].isEmpty() ? UNBOUNDED : Integer.parseInt(bounds[1]);
    }
    return times(once, least, most);
  }

  private static Node times(Node once, int least, int most) {
    return new Node() {
      @Override
      Set<Integer> ends(GbnfMatcher in, int from) {
        Set<Integer> ends = new TreeSet<>(least == 0 ? Set.of(from) : Set.of());
        Set<Integer> last = Set.of(from);
        for (int count = 1; count <= most && !last.isEmpty(); count++) {
          Set<Integer> next = new TreeSet<>();
          last.forEach(end -> next.addAll(in.ends(once, end)));
          if (count >= least) {
            next.removeAll(ends);
            ends.addAll(next);
          }
          last = next;
        }
        return ends;
      }
    };
  }
}
