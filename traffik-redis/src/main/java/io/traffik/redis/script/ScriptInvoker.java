package io.traffik.redis.script;

import io.traffik.BackendException;
import io.traffik.redis.async.AdmissionControl.Mode;
import io.traffik.redis.async.DeadlineQueue;
import io.traffik.redis.async.Deadlines;
import io.traffik.redis.async.Deadlines.DeadlineExceededException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Invokes the script within the deadline. Where a server does not cache the script, sends the
 * source once. Every failure becomes a {@link io.traffik.BackendException} or an {@link
 * io.traffik.OverloadException}.
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

  /**
   * Invokes the script and waits for its answer. An interrupt of the thread changes nothing: the
   * answer arrives before the deadline anyway, and it tells whether the hit was charged.
   */
  public Object invoke(ScriptCall call) {
    // Otherwise the JDK would close the socket of a virtual thread.
    boolean interrupted = Thread.interrupted();
    try {
      return invokeOnThread(call);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private Object invokeOnThread(ScriptCall call) {
    long start = System.nanoTime();
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
      throw errors.translate(call, e);
    }
  }

  /**
   * Invokes the script without blocking.
   *
   * @param parser converts the script's answer
   */
  public <T> CompletableFuture<T> invokeAsync(ScriptCall call, Function<Object, T> parser) {
    PendingCall<T> pending = new PendingCall<>(call, parser);
    pending.start();
    return pending.result;
  }

  /** Invokes the script for several independent calls, and waits for all answers. */
  public List<Object> invokeAll(List<ScriptCall> calls) {
    if (calls.size() == 1) {
      return List.of(invoke(calls.get(0)));
    }
    try {
      // Each call ends by itself, soon after its deadline.
      return Deadlines.awaitUninterruptibly(
          startAll(calls, Mode.BLOCKING, answers -> answers), Long.MAX_VALUE / 2);
    } catch (Exception e) {
      throw errors.translate(calls.get(0), e);
    }
  }

  /**
   * Invokes the script for several independent calls without blocking. If one fails, all fail.
   *
   * @param parser converts the script's answers
   */
  public <T> CompletableFuture<T> invokeAllAsync(
      List<ScriptCall> calls, Function<List<Object>, T> parser) {
    if (calls.size() == 1) {
      return invokeAsync(calls.get(0), answer -> parser.apply(List.of(answer)));
    }
    return startAll(calls, Mode.ASYNCHRONOUS, parser);
  }

  private <T> CompletableFuture<T> startAll(
      List<ScriptCall> calls, Mode mode, Function<List<Object>, T> parser) {
    List<PendingCall<Object>> pending = new ArrayList<>(calls.size());
    for (ScriptCall call : calls) {
      pending.add(new PendingCall<>(call, answer -> answer));
    }
    List<CompletableFuture<Object>> started =
        runner.startAll(
            calls,
            mode,
            deadlineNanos,
            () -> pending.stream().allMatch(call -> call.result.isDone()));
    for (int i = 0; i < pending.size(); i++) {
      pending.get(i).start(started.get(i));
    }
    CompletableFuture<T> result = new CompletableFuture<>();
    var unused =
        CompletableFuture.allOf(
                pending.stream().map(call -> call.result).toArray(CompletableFuture<?>[]::new))
            .thenApply(
                done -> parser.apply(pending.stream().map(call -> call.result.join()).toList()))
            .whenComplete(
                (answers, thrown) -> {
                  if (thrown == null) {
                    result.complete(answers);
                  } else {
                    result.completeExceptionally(BackendException.unwrap(thrown));
                  }
                });
    return result;
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

    void start(CompletableFuture<Object> started) {
      deadlines.add(entry);
      await(started);
    }

    private void send() {
      CompletableFuture<Object> started;
      try {
        started = runner.start(call, deadline - System.nanoTime(), result::isDone);
      } catch (Throwable t) {
        fail(t);
        return;
      }
      await(started);
    }

    private void await(CompletableFuture<Object> started) {
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
      } else if (mustSendSource(thrown)) {
        call = call.withSource();
        send();
      } else {
        fail(thrown);
      }
    }

    private boolean mustSendSource(Throwable thrown) {
      return !call.isBySource() && !result.isDone() && ErrorTranslator.isUnknownScript(thrown);
    }

    private void succeed(Object answer) {
      deadlines.remove(entry);
      try {
        result.complete(parser.apply(answer));
      } catch (Throwable t) {
        // Errors too: a callback would lose them, and the call would never end.
        fail(t);
      }
    }

    private void fail(Throwable thrown) {
      deadlines.remove(entry);
      if (result.isDone()) {
        return;
      }
      Throwable translated;
      try {
        translated = errors.translateAsync(call, thrown);
      } catch (Throwable t) {
        translated = t;
      }
      result.completeExceptionally(translated);
    }

    private void timeOut() {
      CompletableFuture<Object> started = sent;
      if (started == null) {
        fail(new DeadlineExceededException());
        return;
      }
      try {
        var unused =
            runner
                .expire(started, deadlineNanos)
                .whenComplete((failure, thrown) -> expire(started, failure, thrown));
      } catch (Throwable t) {
        fail(t);
      }
    }

    private void expire(
        CompletableFuture<Object> started,
        @Nullable Exception failure,
        @Nullable Throwable thrown) {
      try {
        runner.abandon(started);
      } finally {
        fail(failure != null ? failure : Objects.requireNonNull(thrown));
      }
    }
  }
}
