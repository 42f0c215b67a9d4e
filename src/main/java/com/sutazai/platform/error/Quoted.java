package com.sutazai.platform.error;

/** What a caller sent, short and printable, to be named in the answer that refuses it. */
public final class Quoted {
  private static final int LONGEST = 40;
  private static final String UNPRINTABLE = "[^\\p{L}\\p{M}\\p{N}\\p{P}\\p{S} ]";

  private Quoted() {}

  /** The text between quotes, without its end when it is long. */
  public static String of(String text) {
    return '"'
        + printable(text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "…")
        + '"';
  }

  static String printable(String text) {
    return text.replaceAll(UNPRINTABLE, "?");
  }
}
