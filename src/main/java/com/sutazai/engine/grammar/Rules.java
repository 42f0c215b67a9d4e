package com.sutazai.engine.grammar;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/** The named rules of one grammar; of equal ones there is one. */
final class Rules {
  /** The tokens of an answer are held against the rules one by one, so there cannot be many. */
  private static final int MOST = 2_000;

  private static final int LONGEST = 256 * 1024;

  private final Map<String, String> rules = new LinkedHashMap<>();
  private final Map<String, String> names = new HashMap<>();
  private int length;

  /** A rule of this body; its name. */
  String add(String path, String body) throws UnsupportedSchemaException {
    String known = names.get(body);
    if (known != null || isName(body)) {
      return known == null ? body : known;
    }
    String name = reserve(path);
    define(path, name, body);
    return name;
  }

  private static boolean isName(String body) {
    return body.chars().allMatch(each -> each >= 'a' && each <= 'z' || each >= '0' && each <= '9');
  }

  /** A name whose rule comes later, so that it can be used within that rule. */
  String reserve(String path) throws UnsupportedSchemaException {
    if (rules.size() == MOST) {
      throw new UnsupportedSchemaException(
          path, "makes the schema too large; leave parts of it out");
    }
    String name = "r" + rules.size();
    rules.put(name, "");
    return name;
  }

  void define(String path, String name, String body) throws UnsupportedSchemaException {
    length += body.length();
    if (length > LONGEST) {
      throw new UnsupportedSchemaException(
          path, "makes the schema too large; leave parts of it out");
    }
    rules.put(name, body);
    names.putIfAbsent(body, name);
  }

  /** The rules that every JSON value is made of, by names of their own. */
  private static final String COMMON =
      """
      ws ::= | " " | "\\n" " "{0,20}
      char ::= [^"\\\\\\x7F\\x00-\\x1F] | [\\\\] (["\\\\bfnrt/] | "u" [0-9a-fA-F]{4})
      string ::= "\\"" char* "\\""
      digits ::= [0-9]{1,16}
      whole ::= "0" | [1-9] [0-9]{0,15}
      integer ::= "-"? whole
      number ::= integer ("." digits)? ([eE] [-+]? [0-9]{1,3})?
      boolean ::= "true" | "false"
      null ::= "null"
      member ::= string ":" ws value
      object ::= "{" ws (member ("," ws member)* ws)? "}"
      array ::= "[" ws (value ("," ws value)* ws)? "]"
      value ::= object | array | string | number | boolean | null
      """;

  /** The whole grammar, whose answers are what the rule of this name has. */
  String grammar(String root) {
    StringBuilder text = new StringBuilder("root ::= ").append(root).append('\n');
    rules.forEach((name, body) -> text.append(name).append(" ::= ").append(body).append('\n'));
    return text.append(COMMON).toString();
  }
}
