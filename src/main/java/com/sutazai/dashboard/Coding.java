package com.sutazai.dashboard;

/** How a file's bytes may be packed, the smallest first. */
enum Coding {
  BROTLI("br", ".br"),
  GZIP("gzip", ".gz"),
  IDENTITY("identity", "");

  private final String token;
  private final String ending;

  Coding(String token, String ending) {
    this.token = token;
    this.ending = ending;
  }

  /** Its name in {@code Accept-Encoding} and {@code Content-Encoding}. */
  String token() {
    return token;
  }

  /** What its file's name has at the end. */
  String ending() {
    return ending;
  }
}
