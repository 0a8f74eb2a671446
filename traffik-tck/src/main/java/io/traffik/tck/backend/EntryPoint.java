package io.traffik.tck.backend;

import io.traffik.Backend;
import io.traffik.Backend.Operation;
import io.traffik.spi.QuotaPolicy;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/** The ways into a backend, which must not differ in what they answer. */
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
      return backend.decide(operation, policy, identity, scope, cost);
    }
  },

  /** For policies of one rate; others go by {@link #DECIDE}. */
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
          ? new long[] {backend.decideSingle(operation, policy, identity, scope, cost)}
          : backend.decide(operation, policy, identity, scope, cost);
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
      return await(backend.decideAsync(operation, policy, identity, scope, cost));
    }
  };

  static final List<EntryPoint> ALL = List.of(values());

  /** Longer than any answer takes; only a backend that never answers waits so long. */
  static final long TIMEOUT_SECONDS = 30;

  abstract long[] call(
      Backend backend,
      Operation operation,
      QuotaPolicy policy,
      String identity,
      String scope,
      long cost);

  /** Waits for what a stage brings; what it failed with is thrown. */
  static <T> T await(CompletionStage<T> stage) {
    try {
      return stage.toCompletableFuture().orTimeout(TIMEOUT_SECONDS, TimeUnit.SECONDS).join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }
}
