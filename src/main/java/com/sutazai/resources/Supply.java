package com.sutazai.resources;

/**
 * A resource that a part of the program hands out itself, such as the slots of model servers. A
 * lease on it takes from what that part may hand out, so neither gives what the other has.
 */
public interface Supply {
  ResourceType type();

  /** How much there is now. */
  long capacity();

  /** How much the program itself uses now. */
  long used();

  /** Takes so much away from the program's own use, if so much is free; may be called anywhere. */
  boolean tryReserve(long amount);

  /** Returns what was reserved. */
  void giveBack(long amount);

  /** Leaves so much, on top of what is reserved, to whoever waits for a lease; 0: nobody does. */
  void want(long amount);

  /** Has the listener called, without any lock held, when the program's own use has ended. */
  void whenFree(Runnable listener);
}
