package io.traffik.redis.script;

import io.traffik.redis.async.DeadlineQueue;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Invokes the script within the deadline. Where a server does not cache the script, sends the
 * source once. Every failure becomes a {@link io.traffik.BackendException}.
 */
public final class ScriptInvoker {

  private final ScriptRunner runner;
  private final ErrorTranslator errors;
  private final long deadlineNanos;
  private final DeadlineQueue deadlines;

  public ScriptInvoker(ScriptRunner runner, ErrorTranslator errors, long deadlineNanos) {
    this.runner = runner;
    this.errors = errors;
    this.deadlineNanos = deadlineNanos;
    this.deadlines = new DeadlineQueue(deadlineNanos);
  }

  /** Invokes the script and waits for its answer. */
  public Object invoke(String key, String[] arguments) {
    long start = System.nanoTime();
    ScriptCall call = ScriptCall.byDigest(key, arguments);
    try {
      try {
        return runner.run(call, deadlineNanos);
      } catch (Exception e) {
        if (!ErrorTranslator.isUnknownScript(e)) {
          throw e;
        }
        return runner.run(call.withSource(), deadlineNanos - (System.nanoTime() - start));
      }
    } catch (Exception e) {
      throw errors.translate(key, e);
    }
  }

  /**
   * Invokes the script without blocking.
   *
   * @param parser converts the script's answer
   */
  public <T> CompletableFuture<T> invokeAsync(
      String key, String[] arguments, Function<Object, T> parser) {
    PendingCall<T> pending = new PendingCall<>(ScriptCall.byDigest(key, arguments), parser);
    pending.start();
    return pending.result;
  }

  /**
   * A call in flight. Thousands may be in flight and end at once, so each consists of few objects
   * and has no intermediate stages.
   */
  private final class PendingCall<T> implements BiConsumer<Object, @Nullable Throwable> {

    private final CompletableFuture<T> result = new CompletableFuture<>();
    private final Function<Object, T> parser;
    private final long deadline = System.nanoTime() + deadlineNanos;
    private final DeadlineQueue.Entry entry = new DeadlineQueue.Entry(this::timeOut);
    private volatile ScriptCall call;
    private volatile @Nullable CompletableFuture<Object> sent;

    PendingCall(ScriptCall call, Function<Object, T> parser) {
      this.call = call;
      this.parser = parser;
    }

    void start() {
      deadlines.add(entry);
      send();
    }

    private void send() {
      CompletableFuture<Object> started;
      try {
        started = runner.start(call, deadline - System.nanoTime(), result::isDone);
      } catch (Throwable t) {
        fail(t);
        return;
      }
      sent = started;
      var unused = started.whenComplete(this);
      if (result.isDone()) {
        // The result may have timed out before the field was set.
        runner.abandon(started);
      }
    }

    @Override
    public void accept(Object answer, @Nullable Throwable thrown) {
      if (thrown == null) {
        succeed(answer);
      } else if (!call.isBySource()
          && !result.isDone()
          && ErrorTranslator.isUnknownScript(thrown)) {
        call = call.withSource();
        send();
      } else {
        fail(thrown);
      }
    }

    private void succeed(Object answer) {
      deadlines.remove(entry);
      try {
        result.complete(parser.apply(answer));
      } catch (RuntimeException e) {
        fail(e);
      }
    }

    private void fail(Throwable thrown) {
      deadlines.remove(entry);
      if (!result.isDone()) {
        result.completeExceptionally(errors.translateAsync(call.key(), thrown));
      }
    }

    private void timeOut() {
      result.completeExceptionally(errors.timeout());
      CompletableFuture<Object> started = sent;
      if (started != null) {
        runner.abandon(started);
      }
    }
  }
}
