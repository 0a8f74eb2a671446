package io.traffik.redis;

import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Asks the script, and sends it where it is not known: once, within the same deadline. What fails
 * comes back as a {@link io.traffik.BackendException}.
 */
final class ScriptCalls {

  private final ScriptRunner runner;
  private final ErrorTranslator failures;
  private final long deadlineNanos;
  private final DeadlineQueue deadlines;

  ScriptCalls(ScriptRunner runner, ErrorTranslator failures, long deadlineNanos) {
    this.runner = runner;
    this.failures = failures;
    this.deadlineNanos = deadlineNanos;
    this.deadlines = new DeadlineQueue(deadlineNanos);
  }

  Object ask(String key, String[] arguments) {
    long began = System.nanoTime();
    ScriptCall call = ScriptCall.byDigest(key, arguments);
    try {
      try {
        return runner.run(call, deadlineNanos);
      } catch (Exception e) {
        if (!ErrorTranslator.isUnknownScript(e)) {
          throw e;
        }
        return runner.run(call.sentInFull(), deadlineNanos - (System.nanoTime() - began));
      }
    } catch (Exception e) {
      throw failures.failure(key, e);
    }
  }

  <T> CompletableFuture<T> askAsync(String key, String[] arguments, Function<Object, T> reading) {
    Question<T> question = new Question<>(ScriptCall.byDigest(key, arguments), reading);
    question.ask();
    return question.result;
  }

  /**
   * A call under way. It is made of few objects, and what may become of it is told to whoever waits
   * without a step in between: thousands may be under way, and end at one time.
   */
  private final class Question<T> implements BiConsumer<Object, @Nullable Throwable> {

    private final CompletableFuture<T> result = new CompletableFuture<>();
    private final Function<Object, T> reading;
    private final long end = System.nanoTime() + deadlineNanos;
    private final DeadlineQueue.Place place = new DeadlineQueue.Place(this::late);
    private volatile ScriptCall call;
    private volatile @Nullable CompletableFuture<Object> sent;

    Question(ScriptCall call, Function<Object, T> reading) {
      this.call = call;
      this.reading = reading;
    }

    void ask() {
      deadlines.join(place);
      send();
    }

    private void send() {
      CompletableFuture<Object> started;
      try {
        started = runner.start(call, end - System.nanoTime(), result::isDone);
      } catch (Throwable t) {
        fail(t);
        return;
      }
      sent = started;
      Stages.onEnd(started, this);
      if (result.isDone()) {
        // Whoever ended it meanwhile has not seen what was to be given up.
        runner.giveUp(started);
      }
    }

    @Override
    public void accept(Object answer, @Nullable Throwable thrown) {
      if (thrown == null) {
        read(answer);
      } else if (!call.isInFull() && !result.isDone() && ErrorTranslator.isUnknownScript(thrown)) {
        call = call.sentInFull();
        send();
      } else {
        fail(thrown);
      }
    }

    private void read(Object answer) {
      deadlines.leave(place);
      try {
        result.complete(reading.apply(answer));
      } catch (RuntimeException e) {
        fail(e);
      }
    }

    private void fail(Throwable thrown) {
      deadlines.leave(place);
      if (!result.isDone()) {
        result.completeExceptionally(failures.untracedFailure(call.key(), thrown));
      }
    }

    private void late() {
      result.completeExceptionally(failures.late());
      CompletableFuture<Object> under = sent;
      if (under != null) {
        runner.giveUp(under);
      }
    }
  }
}
