package io.traffik.http;

import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The latest values by key. Bounded: each key has one slot, and a value replaces another one in its
 * slot. Thread-safe.
 */
final class DirectMappedCache<K, V> {

  static final int SIZE = 256;

  private record Entry<K, V>(K key, V value) {}

  private final AtomicReferenceArray<@Nullable Entry<K, V>> entries =
      new AtomicReferenceArray<>(SIZE);

  /** Returns the kept value of the key, or builds and keeps it. */
  V get(K key, Function<? super K, ? extends V> builder) {
    int hash = key.hashCode();
    int slot = (hash ^ hash >>> 16) & SIZE - 1;
    Entry<K, V> entry = entries.get(slot);
    if (entry == null || !entry.key.equals(key)) {
      entry = new Entry<>(key, builder.apply(key));
      entries.set(slot, entry);
    }
    return entry.value;
  }
}
