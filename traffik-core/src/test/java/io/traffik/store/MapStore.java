package io.traffik.store;

import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A store in a map, which several backends may share as processes share a server. It drops what has
 * expired by its own time the moment that it has.
 */
final class MapStore {

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
  private final ManualTime time;

  MapStore(ManualTime time) {
    this.time = time;
  }

  byte @Nullable [] read(String key) {
    reads.incrementAndGet();
    Entry entry = entries.computeIfPresent(key, (k, present) -> alive(present));
    return entry == null ? null : entry.value;
  }

  boolean compareAndSet(String key, byte @Nullable [] expected, byte[] update, Duration expiry) {
    Entry next = new Entry(update, time.nanos() + expiry.toNanos());
    Entry left =
        entries.compute(
            key,
            (k, present) -> {
              Entry alive = present == null ? null : alive(present);
              boolean asExpected =
                  alive == null ? expected == null : Arrays.equals(alive.value, expected);
              return asExpected ? next : alive;
            });
    if (left == next) {
      writes.incrementAndGet();
    }
    return left == next;
  }

  private @Nullable Entry alive(Entry entry) {
    return entry.expiresAt > time.nanos() ? entry : null;
  }

  void put(String key, byte[] value) {
    entries.put(key, new Entry(value, Long.MAX_VALUE));
  }

  void removeAll(String prefix) {
    entries.keySet().removeIf(key -> key.startsWith(prefix));
  }

  Set<String> keys() {
    entries.values().removeIf(entry -> alive(entry) == null);
    return entries.keySet();
  }
}
