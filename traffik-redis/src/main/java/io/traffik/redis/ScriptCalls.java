package io.traffik.redis;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * Asks the script, and sends it where it is not known: once, within the same deadline. What fails
 * comes back as a {@link io.traffik.BackendException}.
 */
final class ScriptCalls {

  private final ScriptRunner runner;
  private final Failures failures;
  private final long deadlineNanos;

  ScriptCalls(ScriptRunner runner, Failures failures, long deadlineNanos) {
    this.runner = runner;
    this.failures = failures;
    this.deadlineNanos = deadlineNanos;
  }

  List<?> ask(String key, String[] arguments) {
    long began = System.nanoTime();
    Call call = Call.byDigest(key, arguments);
    try {
      try {
        return runner.run(call, deadlineNanos);
      } catch (Exception e) {
        if (!Failures.isUnknownScript(e)) {
          throw e;
        }
        return runner.run(call.sentInFull(), deadlineNanos - (System.nanoTime() - began));
      }
    } catch (Exception e) {
      throw failures.failure(key, e);
    }
  }

  <T> CompletableFuture<T> askAsync(String key, String[] arguments, Function<List<?>, T> reading) {
    CompletableFuture<T> asked = new CompletableFuture<>();
    CompletableFuture<T> result = new CompletableFuture<>();
    Stages.onEnd(
        asked,
        (value, thrown) ->
            Stages.settle(result, value, thrown == null ? null : failures.failure(key, thrown)));
    send(Call.byDigest(key, arguments), System.nanoTime() + deadlineNanos, asked, reading);
    Deadlines.end(asked, deadlineNanos);
    return result;
  }

  private <T> void send(
      Call call, long end, CompletableFuture<T> asked, Function<List<?>, T> reading) {
    CompletableFuture<List<?>> sent;
    long nanos = end - System.nanoTime();
    try {
      sent = runner.start(call, nanos, asked::isDone);
    } catch (Throwable t) {
      asked.completeExceptionally(t);
      return;
    }
    Stages.onEnd(
        sent,
        (answer, thrown) -> {
          if (thrown == null) {
            settle(asked, answer, reading);
          } else if (!call.isInFull() && Failures.isUnknownScript(thrown) && !asked.isDone()) {
            send(call.sentInFull(), end, asked, reading);
          } else {
            asked.completeExceptionally(thrown);
          }
        });
    if (!sent.isDone()) {
      // So that nothing is kept for an answer that nobody waits for.
      Stages.onEnd(
          asked,
          (value, thrown) -> {
            if (thrown != null) {
              // Not cancelled: that would make an exception for each, with its stack trace.
              sent.completeExceptionally(thrown);
            }
          });
    }
  }

  private static <T> void settle(
      CompletableFuture<T> asked, List<?> answer, Function<List<?>, T> reading) {
    try {
      asked.complete(reading.apply(answer));
    } catch (RuntimeException e) {
      asked.completeExceptionally(e);
    }
  }
}
