package io.traffik.redis.lettuce;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The threads that receive answers for one backend, which are event loops of its connections. Such
 * a thread must not wait for an answer: it would wait for itself. Thread-safe.
 */
final class AnsweringThreads {

  private final Set<Thread> threads = ConcurrentHashMap.newKeySet();

  /** Adds the current thread. Called for every answer. */
  void addCurrent() {
    Thread current = Thread.currentThread();
    if (!threads.contains(current)) {
      threads.add(current);
    }
  }

  boolean containsCurrent() {
    return threads.contains(Thread.currentThread());
  }
}
