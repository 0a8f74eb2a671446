package io.traffik;

import java.util.Objects;

/**
 * The reaction of an application's start to a store that is out of reach or out of order, for
 * adapters. A wrong configuration fails the start in either case.
 */
public enum BackendStart {
  /**
   * The application starts without its store. A warning is logged, the {@link FailurePolicy} of
   * each throttle decides, and the backend connects by itself later. The default.
   */
  OPTIONAL,
  /** The start fails with the {@link BackendException}. */
  REQUIRED;

  /**
   * Opens a backend at an application's start.
   *
   * @param backend the backend, not null
   * @throws ConfigurationException if waiting cannot repair the problem
   * @throws BackendException if the store is out of reach or out of order, and it is required
   * @throws IllegalStateException if the backend is closed
   */
  public void open(Backend backend) {
    Objects.requireNonNull(backend, "backend must not be null");
    try {
      backend.open();
    } catch (RuntimeException | LinkageError | AssertionError e) {
      BackendException failure = FailureHandler.asBackendFailure(e);
      if (this == REQUIRED) {
        throw failure;
      }
      BackendHealth.of(backend).failedAtStart(failure, System.nanoTime());
    }
  }
}
