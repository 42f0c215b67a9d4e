package com.sutazai.security.quota;

/**
 * What this process spent and the others do not know of yet, and what is on its way to them. Not
 * safe for several threads.
 */
final class Unsettled {
  private double waiting;
  private double sent;

  void add(double amount) {
    waiting += amount;
  }

  /** Spent since the last was sent. */
  double waiting() {
    return waiting;
  }

  /** Spent here and, as far as is known, not known to others. */
  double all() {
    return waiting + sent;
  }

  /** All of it, which is on its way from now on. */
  double send() {
    sent = waiting;
    waiting = 0;
    return sent;
  }

  void arrived() {
    sent = 0;
  }

  /** What may have arrived is not sent again: nobody pays twice. */
  void failed(boolean mayHaveArrived) {
    waiting += mayHaveArrived ? 0 : sent;
    sent = 0;
  }

  void forget() {
    waiting = 0;
    sent = 0;
  }
}
