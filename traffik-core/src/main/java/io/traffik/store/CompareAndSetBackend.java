package io.traffik.store;

import io.traffik.Backend;
import io.traffik.BackendClosedException;
import io.traffik.BackendException;
import io.traffik.ConfigurationException;
import io.traffik.spi.BackendCall;
import io.traffik.spi.KeyEncoder;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
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
 * A base class for token buckets in any store with compare-and-set: a store that can read a value,
 * and set it if it is unchanged. A subclass provides the store. This class provides the arithmetic,
 * several rates, debts, asynchronous decisions, retries and the handling of clocks.
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
 * <p><strong>Keys</strong> are printable ASCII of at most 250 characters, and stay distinct in
 * stores that ignore case. They contain the identity in plain text unless they are too long, and
 * therefore hashed. <strong>Values</strong> are at most 301 bytes, and about 24 bytes for one rate;
 * one value holds all rates of a key. A value that this class did not write, or that the store
 * changed, causes a {@link BackendException}. It is neither counted nor overwritten.
 *
 * <p><strong>Time</strong> is wall-clock time, since processes share it. If clocks differ by up to
 * one second, clients gain at most the refill of that difference. A clock that is set back neither
 * takes tokens nor adds any.
 *
 * <p><strong>Contention:</strong> in one process, calls that arrive while the store is being called
 * for their key share the next call, in order. So a hot key costs few store calls. An update that
 * lost a race with another process is repeated after a random pause. After 1,000 attempts or one
 * second it fails with a {@link BackendException}.
 *
 * <p>Thread-safe, also with virtual threads, if the subclass is.
 */
public abstract class CompareAndSetBackend implements Backend {

  private static final Executor SHARED = new CompletableFuture<Void>().defaultExecutor();

  private final String namespace;
  private final KeyEncoder keys;
  private final Executor executor;
  private final Combiner blocking;
  private final Combiner async;
  private final StoreOpening opening;
  private final AtomicBoolean closed = new AtomicBoolean();

  /**
   * Creates a backend whose asynchronous decisions call the store on the default executor of {@link
   * CompletableFuture}.
   *
   * @param namespace the name of the buckets, not blank; at most 184 characters as encoded in a key
   * @param clock the wall clock; all processes that share buckets need the same kind, {@link
   *     InstantSource#system()} or the store's own clock
   * @throws ConfigurationException if the namespace is blank or too long
   */
  @SuppressWarnings("this-escape") // see the third constructor
  protected CompareAndSetBackend(String namespace, InstantSource clock) {
    this(namespace, clock, SHARED);
  }

  /**
   * Creates a backend with an executor for its asynchronous decisions. If calls of the store block,
   * the executor needs threads that may block.
   *
   * @param namespace the name of the buckets, not blank; at most 184 characters as encoded in a key
   * @param clock the wall clock; all processes that share buckets need the same kind
   * @param executor runs the store calls of {@link #readAsync} and {@link #compareAndSetAsync} by
   *     default, and the continuation of decisions after a wait; {@link #close()} does not shut it
   *     down
   * @throws ConfigurationException if the namespace is blank or too long
   */
  @SuppressWarnings("this-escape") // see the third constructor
  protected CompareAndSetBackend(String namespace, InstantSource clock, Executor executor) {
    this(namespace, clock, executor, System::nanoTime);
  }

  // The combiners keep this object, but call it only for decisions, after construction.
  @SuppressWarnings("this-escape")
  CompareAndSetBackend(
      String namespace, InstantSource clock, Executor executor, LongSupplier ticker) {
    this.namespace = Objects.requireNonNull(namespace, "namespace must not be null");
    this.keys = KeyEncoder.of(namespace);
    this.executor = Objects.requireNonNull(executor, "executor must not be null");
    this.opening =
        new StoreOpening(
            () -> {
              openStore();
              return null;
            });
    WallClock time = new WallClock(Objects.requireNonNull(clock, "clock must not be null"));
    this.blocking = combiner(new BlockingStoreCalls(this, opening), time, ticker);
    // A shared combiner could block all executor threads behind a batch that needs one of them.
    this.async = combiner(new AsyncStoreCalls(this, opening, executor), time, ticker);
  }

  private Combiner combiner(StoreCalls calls, WallClock time, LongSupplier ticker) {
    return new Combiner(namespace, calls, new CompareAndSetLoop(namespace, calls, time, ticker));
  }

  /**
   * Returns the value of a key. The value may have expired already.
   *
   * @param key the key
   * @return the value as it was set, or null if there is none; the caller does not modify it
   * @throws Exception if the store failed; wrapped in a {@link BackendException}
   */
  protected abstract byte @Nullable [] read(String key) throws Exception;

  /**
   * Sets the value of a key if it is still the expected one. This is one atomic step for all
   * processes that use the store. Values are compared by their bytes.
   *
   * @param key the key
   * @param expected the value that {@link #read} returned; null to set only if there is no value
   * @param update the new value; the store may keep the array
   * @param expiry the time for which the store must keep the value, in whole milliseconds, from one
   *     second to centuries; the store should remove the value soon after, and never before
   * @return true if the value was set, false if the store has another value
   * @throws Exception if the store failed; wrapped in a {@link BackendException}
   */
  protected abstract boolean compareAndSet(
      String key, byte @Nullable [] expected, byte[] update, Duration expiry) throws Exception;

  /**
   * Removes all values of this namespace, without blocking users of other namespaces.
   *
   * @param prefix the prefix of all keys of this namespace, and of no others; it contains no
   *     wildcard of SQL's {@code LIKE} or of globs
   * @throws Exception if the store failed; wrapped in a {@link BackendException}
   */
  protected abstract void removeAll(String prefix) throws Exception;

  /**
   * Reads a value like {@link #read}, without blocking the caller. By default, {@link #read} runs
   * on the executor. Override this method and {@link #compareAndSetAsync} for a store with
   * asynchronous calls.
   *
   * @param key the key
   * @return a stage with the value, or null; a decision waits for it for at most one second
   */
  protected CompletionStage<byte @Nullable []> readAsync(String key) {
    return supply(() -> read(key));
  }

  /**
   * Sets a value like {@link #compareAndSet}, without blocking the caller.
   *
   * @param key the key
   * @param expected the expected value, or null
   * @param update the new value
   * @param expiry the time for which the store must keep the value
   * @return a stage with true if the value was set; a decision waits for it for at most one second
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
   * Prepares the store, for example connects to it or creates a table. {@link #open()} calls this
   * method every time. Without {@code open()}, it is called before the first use of the store, and
   * again after a failure; an asynchronous decision then calls it on the executor. Several threads
   * may call it at once. By default it does nothing.
   *
   * @throws Exception if the store is not usable; wrapped in a {@link BackendException}, because it
   *     may be out of reach. For a problem that waiting cannot repair, such as a wrong password,
   *     throw a {@link ConfigurationException}: {@code open()} passes it on, so that the
   *     application does not start
   */
  protected void openStore() throws Exception {}

  /**
   * Closes resources that this backend opened, but none that were passed to it. {@link #close()}
   * calls this method once; decisions in progress may still call the store. By default it does
   * nothing.
   *
   * @throws Exception if closing failed; wrapped in a {@link BackendException}
   */
  protected void closeStore() throws Exception {}

  @Override
  public final String namespace() {
    return namespace;
  }

  @Override
  public final long[] decide(BackendCall call) {
    requireOpen();
    PendingDecision decision = new PendingDecision(call);
    submit(blocking, decision);
    return decision.join();
  }

  @Override
  public final CompletionStage<long[]> decideAsync(BackendCall call) {
    try {
      requireOpen();
      PendingDecision decision = new PendingDecision(call);
      submit(async, decision);
      return decision.margins();
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private void submit(Combiner combiner, PendingDecision decision) {
    BackendCall call = decision.call();
    combiner.submit(
        keys.encode(call.policy().uid(), call.identity(), call.scope()), List.of(decision));
  }

  /**
   * {@inheritDoc}
   *
   * <p>The calls on one key are one read and at most one update of the store.
   */
  @Override
  public final List<long[]> decideAll(List<BackendCall> calls) {
    requireOpen();
    return new CallsByKey(calls, keys).decide(blocking);
  }

  /**
   * {@inheritDoc}
   *
   * <p>The calls on one key are one read and at most one update of the store. Different keys are
   * decided at the same time.
   */
  @Override
  public final CompletionStage<List<long[]>> decideAllAsync(List<BackendCall> calls) {
    try {
      requireOpen();
      return new CallsByKey(calls, keys).decideAsync(async);
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  @Override
  public final boolean supportsDebt() {
    return true;
  }

  @Override
  public final void open() {
    requireOpen();
    try {
      opening.repeat();
    } catch (ConfigurationException e) {
      throw e;
    } catch (Exception e) {
      throw BackendException.of(
          "The store of backend \""
              + namespace
              + "\" is not usable. Check its address, its schema and the permissions",
          e);
    }
  }

  @Override
  public final void reset() {
    requireOpen();
    try {
      opening.ensure();
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

  private BackendException failure(String action, Exception cause) {
    return BackendException.of("Backend \"" + namespace + "\" failed to " + action, cause);
  }

  private void requireOpen() {
    if (closed.get()) {
      throw new BackendClosedException(namespace);
    }
  }

  @Override
  public String toString() {
    return getClass().getSimpleName() + "[" + namespace + "]";
  }
}
