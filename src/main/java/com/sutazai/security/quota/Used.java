package com.sutazai.security.quota;

/**
 * What all processes together have used and is not refilled.
 *
 * @param day in days since 1970
 * @param dayTokens of that day
 */
record Used(double requests, double tokens, long day, long dayTokens) {
  static final Used NOTHING = new Used(0, 0, 0, 0);
}
