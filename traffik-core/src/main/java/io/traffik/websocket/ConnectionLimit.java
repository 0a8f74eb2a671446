package io.traffik.websocket;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** The number of open connections of each client in this process, and its bound. Thread-safe. */
final class ConnectionLimit {

  private final int max;
  private final ConcurrentMap<String, Integer> open = new ConcurrentHashMap<>();

  /**
   * @param max the largest number of open connections of one client
   */
  ConnectionLimit(int max) {
    this.max = max;
  }

  /** Counts a connection in, unless the client has as many as allowed. */
  boolean tryAcquire(String client) {
    boolean[] granted = new boolean[1];
    open.compute(
        client,
        (key, count) -> {
          int before = count == null ? 0 : count;
          granted[0] = before < max;
          return granted[0] ? Integer.valueOf(before + 1) : count;
        });
    return granted[0];
  }

  /** Counts a connection out that was counted in. */
  void release(String client) {
    open.computeIfPresent(client, (key, count) -> count > 1 ? Integer.valueOf(count - 1) : null);
  }

  int clients() {
    return open.size();
  }
}
