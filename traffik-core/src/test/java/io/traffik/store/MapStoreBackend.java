package io.traffik.store;

import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** A backend over a {@link MapStore}; asynchronous decisions run on the thread that asks. */
class MapStoreBackend extends CompareAndSetBackend {

  final MapStore store;

  MapStoreBackend(String namespace, MapStore store, InstantSource clock) {
    this(namespace, store, clock, Runnable::run);
  }

  MapStoreBackend(String namespace, MapStore store, InstantSource clock, Executor executor) {
    this(namespace, store, clock, executor, System::nanoTime);
  }

  MapStoreBackend(
      String namespace,
      MapStore store,
      InstantSource clock,
      Executor executor,
      LongSupplier ticker) {
    super(namespace, clock, executor, ticker);
    this.store = store;
  }

  @Override
  protected byte @Nullable [] read(String key) {
    return store.read(key);
  }

  @Override
  protected boolean compareAndSet(
      String key, byte @Nullable [] expected, byte[] update, Duration expiry) {
    return store.compareAndSet(key, expected, update, expiry);
  }

  @Override
  protected void removeAll(String prefix) {
    store.removeAll(prefix);
  }
}
