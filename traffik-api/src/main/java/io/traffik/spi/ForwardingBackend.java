package io.traffik.spi;

import io.traffik.Backend;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A backend that forwards to another one. Extend it to change how hits are decided.
 *
 * <p>A subclass implements {@link #decide} and {@link #decideAsync}, which serve all operations.
 * All other methods that decide call these two by default, so that no hit bypasses the subclass. To
 * keep batches together, override {@link #decideAll} and {@link #decideAllAsync}. To keep hits
 * atomic that are decided all or nothing, override {@link #decideTogether} and {@link
 * #decideTogetherAsync}. All other methods forward; {@link #close()} closes the wrapped backend.
 */
public abstract class ForwardingBackend implements Backend {

  private final Backend delegate;

  /**
   * Wraps a backend.
   *
   * @param delegate the backend to wrap, not null
   */
  protected ForwardingBackend(Backend delegate) {
    this.delegate = Objects.requireNonNull(delegate, "delegate must not be null");
  }

  /**
   * The wrapped backend.
   *
   * @return the backend
   */
  protected final Backend delegate() {
    return delegate;
  }

  @Override
  public abstract CompletionStage<long[]> decideAsync(BackendCall call);

  @Override
  public boolean supportsDebt() {
    return delegate.supportsDebt();
  }

  @Override
  public String namespace() {
    return delegate.namespace();
  }

  @Override
  public void open() {
    delegate.open();
  }

  @Override
  public void reset() {
    delegate.reset();
  }

  @Override
  public CompletionStage<@Nullable Void> resetAsync() {
    return delegate.resetAsync();
  }

  @Override
  public void close() {
    delegate.close();
  }

  @Override
  public boolean persistent() {
    return delegate.persistent();
  }

  @Override
  public String toString() {
    return getClass().getSimpleName() + "[" + delegate + "]";
  }
}
