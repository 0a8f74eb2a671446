package io.traffik.store;

import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * An in-memory store that several backends may share, as processes share a server. It removes
 * values as soon as they have expired by its own clock.
 */
final class TestStore {

  private static final class Entry {

    final byte[] value;
    final long expiresAt;

    Entry(byte[] value, long expiresAt) {
      this.value = value;
      this.expiresAt = expiresAt;
    }
  }

  final AtomicLong reads = new AtomicLong();
  final AtomicLong writes = new AtomicLong();
  private final Map<String, Entry> entries = new ConcurrentHashMap<>();
  private final SettableWallClock time;

  TestStore(SettableWallClock time) {
    this.time = time;
  }

  byte @Nullable [] read(String key) {
    reads.incrementAndGet();
    Entry entry = entries.computeIfPresent(key, (k, present) -> unexpired(present));
    return entry == null ? null : entry.value;
  }

  boolean compareAndSet(String key, byte @Nullable [] expected, byte[] update, Duration expiry) {
    Entry next = new Entry(update, time.nanos() + expiry.toNanos());
    Entry current =
        entries.compute(
            key,
            (k, present) -> {
              Entry unexpired = present == null ? null : unexpired(present);
              boolean matches =
                  unexpired == null ? expected == null : Arrays.equals(unexpired.value, expected);
              return matches ? next : unexpired;
            });
    if (current == next) {
      writes.incrementAndGet();
    }
    return current == next;
  }

  private @Nullable Entry unexpired(Entry entry) {
    return entry.expiresAt > time.nanos() ? entry : null;
  }

  void put(String key, byte[] value) {
    entries.put(key, new Entry(value, Long.MAX_VALUE));
  }

  void removeAll(String prefix) {
    entries.keySet().removeIf(key -> key.startsWith(prefix));
  }

  Set<String> keys() {
    entries.values().removeIf(entry -> unexpired(entry) == null);
    return entries.keySet();
  }
}
