package com.sutazai.resources;

/** What the running tasks of one agent take of the machine: asked before each of them starts. */
public interface Allowance {
  /** Of an agent whose tasks need nothing: asks nobody. */
  Allowance FREE =
      new Allowance() {
        @Override
        public boolean isFree() {
          return true;
        }

        @Override
        public int room() {
          return Integer.MAX_VALUE;
        }

        @Override
        public boolean tryTake() {
          return true;
        }

        @Override
        public void giveBack() {}
      };

  /** Whether tasks need nothing. */
  boolean isFree();

  /** How many more tasks could start now. */
  int room();

  /** Takes what one task needs; false when there is not enough. */
  boolean tryTake();

  /** Returns what one task took. */
  void giveBack();
}
