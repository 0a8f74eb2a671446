package io.traffik.tck.backend;

import io.traffik.Backend;
import io.traffik.Backend.Operation;
import io.traffik.spi.BackendCall;
import io.traffik.spi.QuotaPolicy;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/** The methods that decide; all must return the same margins. */
enum EntryPoint {
  DECIDE {
    @Override
    long[] call(
        Backend backend,
        Operation operation,
        QuotaPolicy policy,
        String identity,
        String scope,
        long cost) {
      return backend.decide(new BackendCall(operation, policy, identity, scope, cost));
    }
  },

  /** For policies with one rate; otherwise the same as {@link #DECIDE}. */
  DECIDE_SINGLE {
    @Override
    long[] call(
        Backend backend,
        Operation operation,
        QuotaPolicy policy,
        String identity,
        String scope,
        long cost) {
      return policy.size() == 1
          ? new long[] {backend.decideSingle(operation, policy, identity, scope, cost, 0)}
          : backend.decide(new BackendCall(operation, policy, identity, scope, cost));
    }
  },

  DECIDE_ASYNC {
    @Override
    long[] call(
        Backend backend,
        Operation operation,
        QuotaPolicy policy,
        String identity,
        String scope,
        long cost) {
      return await(backend.decideAsync(new BackendCall(operation, policy, identity, scope, cost)));
    }
  };

  static final List<EntryPoint> ALL = List.of(values());

  /** The time limit of one call, longer than any correct backend needs. */
  static final long TIMEOUT_SECONDS = 30;

  abstract long[] call(
      Backend backend,
      Operation operation,
      QuotaPolicy policy,
      String identity,
      String scope,
      long cost);

  /** Waits for the result of a stage, and throws the stage's exception. */
  static <T> T await(CompletionStage<T> stage) {
    try {
      return stage.toCompletableFuture().orTimeout(TIMEOUT_SECONDS, TimeUnit.SECONDS).join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }
}
