package com.sutazai.inference.batch;

import com.sutazai.inference.backend.Backend;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which server answered last what begins alike: it may still hold the beginning in its cache. The
 * ten thousand conversations used last are known. Not safe for several threads.
 */
final class Conversations {
  private static final int MOST = 10_000;

  private final Map<Integer, Backend> servers =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Integer, Backend> eldest) {
          return size() > MOST;
        }
      };

  @Nullable Backend usual(int conversation) {
    return servers.get(conversation);
  }

  void went(int conversation, Backend server) {
    servers.put(conversation, server);
  }
}
