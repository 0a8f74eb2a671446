package io.traffik;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A stretch of code on one thread in which throttles without a backend of their own use a given
 * one.
 *
 * <pre>{@code
 * BackendScope scope = tenant.enter();
 * try (scope) {
 *   throttle.enforce(view);
 * }
 * }</pre>
 *
 * <p>(Declared inside the parentheses, a scope that the block does not mention would be a warning
 * of {@code javac -Xlint:try}.)
 *
 * <p>Scopes nest; leaving one restores the one around it. Leaving twice is the same as once, and
 * leaving a scope leaves those still open inside it. A scope belongs to the thread that entered it.
 * Code that moves a request to other threads carries the backend in {@link
 * ConnectionView#backend()} instead, and a server whose start and stop have no thread of their own
 * takes a {@link BackendLease}.
 */
public final class BackendScope implements AutoCloseable {

  private static final ThreadLocal<@Nullable BackendScope> CURRENT = new ThreadLocal<>();

  private final Backend backend;
  private final @Nullable BackendLease lease;
  private final @Nullable BackendScope outer;
  private boolean onStack = true;
  private boolean closed;

  private BackendScope(Backend backend, @Nullable BackendLease lease) {
    this.backend = Objects.requireNonNull(backend, "backend must not be null");
    this.lease = lease;
    this.outer = CURRENT.get();
    CURRENT.set(this);
  }

  /**
   * Enters a backend for a request or a block of code. Leaving neither resets nor closes it.
   *
   * @param backend the backend to use
   * @return the scope, to be closed on the same thread
   */
  public static BackendScope enter(Backend backend) {
    return new BackendScope(backend, null);
  }

  /**
   * Enters a backend for the life of an application, under a {@link BackendLease}: opens it now,
   * and on leaving resets it (unless it is {@link Backend#persistent()}) and closes it, even if the
   * reset fails. While others have a lease on the backend, leaving neither resets nor closes it.
   *
   * @param backend the backend to use
   * @return the scope, to be closed on the same thread
   * @throws ConfigurationException if the backend cannot be opened; then no scope was entered
   */
  public static BackendScope application(Backend backend) {
    return new BackendScope(backend, BackendLease.acquire(backend));
  }

  /** The backend of the innermost scope on this thread, or null outside any. */
  static @Nullable Backend innermost() {
    BackendScope current = CURRENT.get();
    return current == null ? null : current.backend;
  }

  /**
   * The backend of this scope.
   *
   * @return the backend
   */
  public Backend backend() {
    return backend;
  }

  /**
   * Leaves this scope.
   *
   * @throws IllegalStateException if called on a thread that did not enter it
   */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    if (onStack) {
      unwind();
    }
    closed = true;
    if (lease != null) {
      lease.close();
    }
  }

  private void unwind() {
    BackendScope scope = CURRENT.get();
    while (scope != null && scope != this) {
      scope = scope.outer;
    }
    if (scope == null) {
      throw new IllegalStateException(
          "a scope must be left on the thread that entered it: \""
              + backend.namespace()
              + "\" on "
              + Thread.currentThread().getName());
    }
    for (BackendScope inner = CURRENT.get(); inner != outer && inner != null; ) {
      inner.onStack = false;
      inner = inner.outer;
    }
    if (outer == null) {
      CURRENT.remove();
    } else {
      CURRENT.set(outer);
    }
  }
}
