package io.traffik.store;

import io.traffik.Backend;
import io.traffik.memory.Policies;
import io.traffik.spi.QuotaPolicy;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A backend over a {@link TestStore}. By default, asynchronous decisions run on the calling thread.
 */
class TestStoreBackend extends CompareAndSetBackend {

  static final QuotaPolicy ONE = Policies.perYear(1);

  final TestStore store;

  TestStoreBackend(String namespace, TestStore store, InstantSource clock) {
    this(namespace, store, clock, Runnable::run);
  }

  TestStoreBackend(String namespace, TestStore store, InstantSource clock, Executor executor) {
    this(namespace, store, clock, executor, System::nanoTime);
  }

  TestStoreBackend(
      String namespace,
      TestStore store,
      InstantSource clock,
      Executor executor,
      LongSupplier ticker) {
    super(namespace, clock, executor, ticker);
    this.store = store;
  }

  /** Makes a hit of a client that may hit once a year. */
  static boolean hit(Backend backend) {
    return backend.decideSingle(Operation.HIT, ONE, "client", "", 1, 0) >= 0;
  }

  @Override
  protected byte @Nullable [] read(String key) throws Exception {
    return store.read(key);
  }

  @Override
  protected boolean compareAndSet(
      String key, byte @Nullable [] expected, byte[] update, Duration expiry) {
    return store.compareAndSet(key, expected, update, expiry);
  }

  @Override
  protected void removeAll(String prefix) throws Exception {
    store.removeAll(prefix);
  }
}
