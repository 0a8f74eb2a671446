package io.traffik;

import io.traffik.spi.BackendCall;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The two ways to call a backend. Both return a stage, so that one algorithm serves both. No method
 * throws, and each checks that the answers are complete.
 */
enum CallMode {
  /** On the caller's thread. Every stage is complete. */
  BLOCKING {
    @Override
    CompletionStage<long[]> start(Backend backend, BackendCall call) {
      return CompletableFuture.completedFuture(backend.decide(call));
    }

    @Override
    CompletionStage<List<long[]>> startAll(Backend backend, List<BackendCall> calls) {
      return CompletableFuture.completedFuture(backend.decideAll(calls));
    }

    @Override
    CompletionStage<List<long[]>> startTogether(Backend backend, List<BackendCall> hits) {
      return CompletableFuture.completedFuture(backend.decideTogether(hits));
    }

    @Override
    CompletionStage<Decision> refund(Charge charge) {
      try {
        return CompletableFuture.completedFuture(charge.refund());
      } catch (Throwable t) {
        return CompletableFuture.failedFuture(t);
      }
    }
  },

  /** Without blocking the caller. */
  ASYNC {
    @Override
    CompletionStage<long[]> start(Backend backend, BackendCall call) {
      return backend.decideAsync(call);
    }

    @Override
    CompletionStage<List<long[]>> startAll(Backend backend, List<BackendCall> calls) {
      return backend.decideAllAsync(calls);
    }

    @Override
    CompletionStage<List<long[]>> startTogether(Backend backend, List<BackendCall> hits) {
      return backend.decideTogetherAsync(hits);
    }

    @Override
    CompletionStage<Decision> refund(Charge charge) {
      return charge.refundAsync();
    }
  };

  abstract CompletionStage<long[]> start(Backend backend, BackendCall call);

  abstract CompletionStage<List<long[]>> startAll(Backend backend, List<BackendCall> calls);

  abstract CompletionStage<List<long[]>> startTogether(Backend backend, List<BackendCall> hits);

  /** Refunds a charge; a failure of the backend is logged. */
  abstract CompletionStage<Decision> refund(Charge charge);

  /** Executes one call. */
  final CompletionStage<long[]> decide(Backend backend, BackendCall call) {
    return Futures.handle(
        stageOf(backend, () -> start(backend, call)),
        (margins, thrown) -> {
          if (thrown != null) {
            throw Futures.unchecked(BackendException.unwrap(thrown));
          }
          return BoundCall.requireMargins(backend, call, margins);
        });
  }

  /** Executes calls in order, each as if it came alone. */
  final CompletionStage<List<long[]>> decideAll(Backend backend, List<BackendCall> calls) {
    return checked(backend, calls, stageOf(backend, () -> startAll(backend, calls)));
  }

  /** Executes hits all or nothing. */
  final CompletionStage<List<long[]>> decideTogether(Backend backend, List<BackendCall> hits) {
    return checked(backend, hits, stageOf(backend, () -> startTogether(backend, hits)));
  }

  private static CompletionStage<List<long[]>> checked(
      Backend backend, List<BackendCall> calls, CompletionStage<List<long[]>> stage) {
    return Futures.handle(
        stage,
        (answers, thrown) -> {
          if (thrown != null) {
            throw Futures.unchecked(BackendException.unwrap(thrown));
          }
          return BoundCall.requireAnswers(backend, calls, answers);
        });
  }

  private static <T> CompletionStage<T> stageOf(
      Backend backend, Supplier<@Nullable CompletionStage<T>> call) {
    try {
      CompletionStage<T> stage = call.get();
      if (stage == null) {
        throw new BackendException(
            "Asynchronous methods of backend \"" + backend.namespace() + "\" must not return null");
      }
      return Futures.bounded(backend, stage);
    } catch (Throwable t) {
      return CompletableFuture.failedFuture(t);
    }
  }
}
