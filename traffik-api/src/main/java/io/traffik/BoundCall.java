package io.traffik;

import io.traffik.spi.BackendCall;
import io.traffik.spi.QuotaPolicy;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A call together with its backend, kept for asynchronous execution, a refund or a settlement. */
record BoundCall(Backend backend, BackendCall call) {

  /** This call with another operation, cost and argument. */
  BoundCall with(Backend.Operation operation, long cost, long argument) {
    return new BoundCall(backend, call.with(operation, cost, argument));
  }

  long[] execute() {
    requireSupport();
    return requireMargins(backend, call, backend.decide(call));
  }

  CompletionStage<long[]> executeAsync() {
    try {
      requireSupport();
      CompletionStage<long[]> stage = backend.decideAsync(call);
      if (stage == null) {
        throw new BackendException(
            "decideAsync of backend \"" + backend.namespace() + "\" must not return null");
      }
      return Futures.handle(Futures.bounded(backend, stage), this::checked);
    } catch (Throwable e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private long[] checked(long @Nullable [] margins, @Nullable Throwable thrown) {
    if (thrown != null) {
      throw Futures.unchecked(thrown);
    }
    return requireMargins(backend, call, margins);
  }

  private void requireSupport() {
    if (call.needsDebt()) {
      requireDebt(backend);
    }
  }

  /**
   * Checks that a backend can reserve and settle.
   *
   * @throws ConfigurationException if it cannot
   */
  static void requireDebt(Backend backend) {
    if (!backend.supportsDebt()) {
      throw new ConfigurationException(
          "Backend \""
              + backend.namespace()
              + "\" ("
              + backend.getClass().getSimpleName()
              + ") does not support waiting and settlements: its supportsDebt() returns false. Use"
              + " a backend with debt, such as InMemoryBackend or RedisBackend, or call neither"
              + " reserve nor settle.");
    }
  }

  /** A settlement answers with one number more than there are rates. */
  static void requireMarginsOnly(Backend.Operation operation) {
    if (operation == Backend.Operation.SETTLE) {
      throw new IllegalArgumentException(
          "decideSingle and decideInto cannot return the unpaid tokens of SETTLE. Call decide.");
    }
  }

  /** The smallest margin, which decides about the call. */
  static long smallest(long[] margins, QuotaPolicy policy) {
    long smallest = margins[0];
    for (int i = 1; i < policy.size(); i++) {
      smallest = Math.min(smallest, margins[i]);
    }
    return smallest;
  }

  /**
   * Returns the margins if they answer the call.
   *
   * @throws BackendException if the backend violated its contract
   */
  static long[] requireMargins(Backend backend, BackendCall call, long @Nullable [] margins) {
    if (margins == null || !call.isAnsweredBy(margins)) {
      throw new BackendException(
          "Backend \""
              + backend.namespace()
              + "\" must return one margin per rate"
              + (call.operation() == Backend.Operation.SETTLE ? " and the unpaid tokens" : "")
              + ": expected "
              + (call.policy().size() + (call.operation() == Backend.Operation.SETTLE ? 1 : 0))
              + ", got "
              + (margins == null ? "null" : margins.length));
    }
    return margins;
  }

  /**
   * Returns the answers if there is one to each call.
   *
   * @throws BackendException if the backend violated its contract
   */
  static List<long[]> requireAnswers(
      Backend backend, List<BackendCall> calls, @Nullable List<long[]> answers) {
    if (answers == null || answers.size() != calls.size()) {
      throw new BackendException(
          "Backend \""
              + backend.namespace()
              + "\" must return one answer per call: expected "
              + calls.size()
              + ", got "
              + (answers == null ? "null" : answers.size()));
    }
    for (int i = 0; i < calls.size(); i++) {
      requireMargins(backend, calls.get(i), answers.get(i));
    }
    return answers;
  }
}
