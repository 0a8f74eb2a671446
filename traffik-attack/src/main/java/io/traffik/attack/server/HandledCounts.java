package io.traffik.attack.server;

import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/** The requests and messages that reached their handlers, by route and client. Thread-safe. */
final class HandledCounts {

  /** Longer messages are not echoed. */
  private static final int MAX_ECHO = 64;

  /** Answers a binary message. */
  static final String BINARY = "binary";

  private final Map<String, LongAdder> counts = new ConcurrentHashMap<>();

  /** Handles a request or a message. */
  void handle(String path, String client, Duration handling) {
    counts.computeIfAbsent(ServerState.key(path, client), key -> new LongAdder()).increment();
    if (!handling.isZero()) {
      sleep(handling);
    }
  }

  /** Handles a message and returns the answer: the message itself, if it is short. */
  String handle(RoutePlan.Sockets route, String client, String message) {
    handle(route.path(), client, route.handling());
    return message.length() <= MAX_ECHO ? message : "ok";
  }

  private static void sleep(Duration handling) {
    try {
      TimeUnit.NANOSECONDS.sleep(handling.toNanos());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  Map<String, Long> snapshot() {
    Map<String, Long> snapshot = new TreeMap<>();
    counts.forEach((key, count) -> snapshot.put(key, count.sum()));
    return snapshot;
  }
}
