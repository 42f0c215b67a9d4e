package com.sutazai.cache;

import java.io.IOException;

/** How values of a region are written down. */
public interface Codec<V> {
  /** Grows with each change of the form; entries of another version are not read. */
  int version();

  byte[] encode(V value);

  /**
   * @throws IOException when the bytes are no such value
   */
  V decode(byte[] bytes) throws IOException;
}
