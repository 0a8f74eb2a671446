package io.traffik;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A block of code on one thread in which throttles without a backend of their own use a given one.
 *
 * <pre>{@code
 * BackendScope scope = BackendScope.enter(tenant);
 * try (scope) {
 *   throttle.enforce(view);
 * }
 * }</pre>
 *
 * <p>(The variable is declared before the block, because {@code javac -Xlint:try} warns about
 * unused variables in the parentheses.)
 *
 * <p>Scopes nest; closing one restores the enclosing one. Closing a scope again has no effect.
 * Closing a scope also leaves all scopes that were entered inside it. A scope belongs to the thread
 * that entered it. Requests that change threads find their backend in {@link
 * ConnectionView#backend()} instead. Servers that start and stop on different threads acquire a
 * {@link BackendLease} instead.
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
   * Enters a backend for a request or a block of code. Closing the scope neither resets nor closes
   * the backend.
   *
   * @param backend the backend, not null
   * @return the scope; close it on the same thread
   */
  public static BackendScope enter(Backend backend) {
    return new BackendScope(backend, null);
  }

  /**
   * Opens a backend and enters it for the lifetime of an application. The scope has a {@link
   * BackendLease}: closing it resets and closes the backend as the lease does. If the store is out
   * of reach, the application starts without it. To prevent that, call {@link Backend#open()}
   * first.
   *
   * @param backend the backend, not null
   * @return the scope; close it on the same thread
   * @throws ConfigurationException if the configuration is wrong; no scope is entered then
   */
  public static BackendScope application(Backend backend) {
    return new BackendScope(backend, BackendLease.acquire(backend));
  }

  /** Returns the backend of the innermost backend scope on this thread; null if there is none. */
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
   * Leaves this scope and all scopes inside it.
   *
   * @throws IllegalStateException if another thread entered this scope
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
          "A backend scope must be closed on the thread that entered it: \""
              + backend.namespace()
              + "\" was closed on "
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
