package io.traffik.store;

import io.traffik.Backend;
import io.traffik.Backend.Operation;
import io.traffik.BackendException;
import io.traffik.ConfigurationException;
import io.traffik.spi.KeyEncoder;
import io.traffik.spi.QuotaPolicy;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Token buckets in any store that can read a value, and set it if it is still what was read. A
 * subclass brings the store; the arithmetic, several rates at once, asynchronous decisions, retries
 * and clocks are done here.
 *
 * <pre>{@code
 * final class MyBackend extends CompareAndSetBackend {
 *   MyBackend(String namespace) { super(namespace, InstantSource.system()); }
 *   @Override protected byte @Nullable [] read(String key) { … }
 *   @Override protected boolean compareAndSet(
 *       String key, byte @Nullable [] expected, byte[] update, Duration expiry) { … }
 *   @Override protected void removeAll(String prefix) { … }
 * }
 * }</pre>
 *
 * <p><strong>Keys</strong> are printable ASCII, at most 250 characters, and differ even where a
 * store ignores case. They show the identity, unless they are too long and therefore hashed.
 * <strong>Values</strong> are at most 157 bytes; one holds all rates of a key. A value that this
 * class did not write, or that came back changed, is a {@link BackendException}: it is neither
 * counted nor overwritten.
 *
 * <p><strong>Time</strong> is a wall clock, since processes share it. Hosts whose clocks differ by
 * up to a second grant together what one clock would grant in a span longer by the difference. A
 * clock that is set back takes no tokens and adds none.
 *
 * <p><strong>Contention:</strong> in one process, hits on a key that come while the store is asked
 * about it share the next exchange, in order; a hot key costs the store no more requests than a
 * few. Between processes, an exchange that lost is repeated after a random pause, at most 1,000
 * times and for at most a second; then it is a {@link BackendException}.
 *
 * <p>Safe for any number of threads, virtual ones included, if the subclass is.
 */
public abstract class CompareAndSetBackend implements Backend {

  private static final Executor SHARED = new CompletableFuture<Void>().defaultExecutor();

  private final String namespace;
  private final KeyEncoder keys;
  private final Executor executor;
  private final Combiner blocking;
  private final Combiner async;
  private final AtomicBoolean closed = new AtomicBoolean();

  /**
   * A backend whose asynchronous decisions call the store on the default executor of {@link
   * CompletableFuture}.
   *
   * @param namespace the name of its buckets, not blank; in a key at most 184 characters
   * @param clock tells the time; all processes that share buckets need the same, {@link
   *     InstantSource#system()} or the store's own
   * @throws ConfigurationException if the namespace is blank or too long
   */
  @SuppressWarnings("this-escape") // as below
  protected CompareAndSetBackend(String namespace, InstantSource clock) {
    this(namespace, clock, SHARED);
  }

  /**
   * A backend with an executor for its asynchronous decisions: a store whose calls block needs
   * threads that may wait.
   *
   * @param namespace as above
   * @param clock as above
   * @param executor where {@link #readAsync} and {@link #compareAndSetAsync} call the store unless
   *     overridden, and where decisions go on after a wait; not shut down by {@link #close()}
   * @throws ConfigurationException as above
   */
  @SuppressWarnings("this-escape") // as below
  protected CompareAndSetBackend(String namespace, InstantSource clock, Executor executor) {
    this(namespace, clock, executor, System::nanoTime);
  }

  // The calls are made to call this object's store, and do so once decisions are asked for.
  @SuppressWarnings("this-escape")
  CompareAndSetBackend(
      String namespace, InstantSource clock, Executor executor, LongSupplier ticker) {
    this.namespace = Objects.requireNonNull(namespace, "namespace must not be null");
    this.keys = KeyEncoder.of(namespace);
    this.executor = Objects.requireNonNull(executor, "executor must not be null");
    WallClock time = new WallClock(Objects.requireNonNull(clock, "clock must not be null"));
    this.blocking = combiner(new BlockingStoreCalls(this), time, ticker);
    // Apart from the other, so that no thread of the executor waits for work that needs one.
    this.async = combiner(new AsyncStoreCalls(this, executor), time, ticker);
  }

  private Combiner combiner(StoreCalls calls, WallClock time, LongSupplier ticker) {
    return new Combiner(namespace, calls, new CompareAndSetLoop(namespace, calls, time, ticker));
  }

  /**
   * The value of a key. It may be one that has expired.
   *
   * @param key the key
   * @return the value as it was set, which is not modified here; null if there is none
   * @throws Exception if the store failed, which becomes a {@link BackendException}
   */
  protected abstract byte @Nullable [] read(String key) throws Exception;

  /**
   * Sets the value of a key if it is still the expected one, as one atomic step for all who use the
   * store. Values are compared by their bytes.
   *
   * @param key the key
   * @param expected what {@link #read} returned; null to set only if there is no value
   * @param update the new value; the store may keep the array
   * @param expiry how long the store must keep the value, in whole milliseconds, at least one
   *     second and up to centuries; it should drop it soon after, and never before
   * @return true if the value was set, false if another stands there
   * @throws Exception if the store failed, which becomes a {@link BackendException}
   */
  protected abstract boolean compareAndSet(
      String key, byte @Nullable [] expected, byte[] update, Duration expiry) throws Exception;

  /**
   * Removes all values of this namespace, without holding up those who use others.
   *
   * @param prefix what the keys of this namespace begin with, and no others; it holds no character
   *     that SQL's {@code LIKE} or a glob takes for more than itself
   * @throws Exception if the store failed, which becomes a {@link BackendException}
   */
  protected abstract void removeAll(String prefix) throws Exception;

  /**
   * As {@link #read}, without blocking the caller. Unless overridden, {@link #read} runs on the
   * executor; a store that never blocks overrides this and {@link #compareAndSetAsync}.
   *
   * @param key the key
   * @return a stage with the value, or null; it is given up after a second
   */
  protected CompletionStage<byte @Nullable []> readAsync(String key) {
    return supply(() -> read(key));
  }

  /**
   * As {@link #compareAndSet}, without blocking the caller.
   *
   * @param key the key
   * @param expected the expected value, or null
   * @param update the new value
   * @param expiry how long the store must keep it
   * @return a stage with true if the value was set; it is given up after a second
   */
  protected CompletionStage<Boolean> compareAndSetAsync(
      String key, byte @Nullable [] expected, byte[] update, Duration expiry) {
    return supply(() -> compareAndSet(key, expected, update, expiry));
  }

  private <T extends @Nullable Object> CompletionStage<T> supply(Callable<T> call) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return call.call();
          } catch (Exception e) {
            throw new CompletionException(e);
          }
        },
        executor);
  }

  /**
   * Checks that the store can be used, or makes it so: called by {@link #open()}, as often as that
   * is. Does nothing unless overridden.
   *
   * @throws Exception if the store cannot be used, which becomes a {@link ConfigurationException}
   */
  protected void openStore() throws Exception {}

  /**
   * Closes what this backend opened, and nothing that was handed to it: called once. Decisions
   * under way may still call the store. Does nothing unless overridden.
   *
   * @throws Exception if that failed, which becomes a {@link BackendException}
   */
  protected void closeStore() throws Exception {}

  @Override
  public final String namespace() {
    return namespace;
  }

  @Override
  public final long[] decide(
      Operation operation, QuotaPolicy policy, String identity, String scope, long cost) {
    requireOpen();
    CompletableFuture<long[]> answer =
        blocking.ask(
            keys.encode(policy.uid(), identity, scope),
            new PendingDecision(operation, policy, cost));
    try {
      return answer.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof BackendException failure) {
        throw failure;
      }
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw e;
    }
  }

  @Override
  public final CompletionStage<long[]> decideAsync(
      Operation operation, QuotaPolicy policy, String identity, String scope, long cost) {
    try {
      requireOpen();
      return async.ask(
          keys.encode(policy.uid(), identity, scope), new PendingDecision(operation, policy, cost));
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  @Override
  public final void open() {
    requireOpen();
    try {
      openStore();
    } catch (Exception e) {
      throw new ConfigurationException(
          "the store of backend \"" + namespace + "\" must be usable: " + e, e);
    }
  }

  @Override
  public final void reset() {
    requireOpen();
    try {
      removeAll(keys.prefix());
    } catch (Exception e) {
      throw failure("reset", e);
    }
  }

  @Override
  public final CompletionStage<@Nullable Void> resetAsync() {
    try {
      requireOpen();
      return CompletableFuture.runAsync(this::reset, executor);
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  @Override
  public final void close() {
    if (closed.compareAndSet(false, true)) {
      try {
        closeStore();
      } catch (Exception e) {
        throw failure("close", e);
      }
    }
  }

  private BackendException failure(String what, Exception cause) {
    return BackendException.of("backend \"" + namespace + "\" failed to " + what, cause);
  }

  private void requireOpen() {
    if (closed.get()) {
      throw new IllegalStateException(
          "backend must not be used after close: \"" + namespace + "\"");
    }
  }

  @Override
  public String toString() {
    return getClass().getSimpleName() + "[" + namespace + "]";
  }
}
