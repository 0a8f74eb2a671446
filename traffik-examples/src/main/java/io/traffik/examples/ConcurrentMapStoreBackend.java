package io.traffik.examples;

import io.traffik.store.CompareAndSetBackend;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** A backend over a map that serves as a store with compare-and-set. */
final class ConcurrentMapStoreBackend extends CompareAndSetBackend {

  private record Entry(ByteBuffer value, Instant deadline) {}

  private final Map<String, Entry> entries = new ConcurrentHashMap<>();
  private final AtomicLong writes = new AtomicLong();
  private final InstantSource clock;

  ConcurrentMapStoreBackend(String namespace, InstantSource clock) {
    super(namespace, clock);
    this.clock = clock;
  }

  @Override
  protected byte @Nullable [] read(String key) {
    Entry entry = entries.get(key);
    return entry == null ? null : entry.value().array();
  }

  @Override
  protected boolean compareAndSet(
      String key, byte @Nullable [] expected, byte[] update, Duration expiry) {
    Instant now = clock.instant();
    if (writes.incrementAndGet() % 1_000 == 0) {
      entries.values().removeIf(entry -> entry.deadline().isBefore(now));
    }
    Entry next = new Entry(ByteBuffer.wrap(update), now.plus(expiry));
    if (expected == null) {
      return entries.putIfAbsent(key, next) == null;
    }
    Entry present = entries.get(key);
    return present != null
        && present.value().equals(ByteBuffer.wrap(expected))
        && entries.replace(key, present, next);
  }

  @Override
  protected void removeAll(String prefix) {
    entries.keySet().removeIf(key -> key.startsWith(prefix));
  }
}
