package io.traffik.tck.backend;

import io.traffik.Backend;
import io.traffik.Backend.Operation;
import io.traffik.spi.BackendCall;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/** The methods that decide; all must return the same margins. */
enum EntryPoint {
  DECIDE {
    @Override
    long[] call(Backend backend, BackendCall call) {
      return backend.decide(call);
    }
  },

  /** For policies with one rate, and no settlements; otherwise the same as {@link #DECIDE}. */
  DECIDE_SINGLE {
    @Override
    long[] call(Backend backend, BackendCall call) {
      return call.policy().size() > 1 || call.operation() == Operation.SETTLE
          ? backend.decide(call)
          : new long[] {
            backend.decideSingle(
                call.operation(),
                call.policy(),
                call.identity(),
                call.scope(),
                call.cost(),
                call.argument())
          };
    }
  },

  /** For all but settlements; otherwise the same as {@link #DECIDE}. */
  DECIDE_INTO {
    @Override
    long[] call(Backend backend, BackendCall call) {
      if (call.operation() == Operation.SETTLE) {
        return backend.decide(call);
      }
      long[] margins = new long[call.policy().size()];
      backend.decideInto(
          call.operation(),
          call.policy(),
          call.identity(),
          call.scope(),
          call.cost(),
          call.argument(),
          margins);
      return margins;
    }
  },

  DECIDE_ASYNC {
    @Override
    long[] call(Backend backend, BackendCall call) {
      return await(backend.decideAsync(call));
    }
  },

  /** A batch of one call. */
  DECIDE_ALL {
    @Override
    long[] call(Backend backend, BackendCall call) {
      return only(backend.decideAll(List.of(call)));
    }
  },

  /** A batch of one call. */
  DECIDE_ALL_ASYNC {
    @Override
    long[] call(Backend backend, BackendCall call) {
      return only(await(backend.decideAllAsync(List.of(call))));
    }
  };

  static final List<EntryPoint> ALL = List.of(values());

  /** The time limit of one call, longer than any correct backend needs. */
  static final long TIMEOUT_SECONDS = 30;

  abstract long[] call(Backend backend, BackendCall call);

  private static long[] only(List<long[]> answers) {
    Assert.that(
        answers.size() == 1, () -> "a batch of 1 call must have 1 answer, not " + answers.size());
    return answers.get(0);
  }

  /** Waits for the result of a stage, and throws the stage's exception. */
  static <T> T await(CompletionStage<T> stage) {
    try {
      return stage.toCompletableFuture().orTimeout(TIMEOUT_SECONDS, TimeUnit.SECONDS).join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }
}
