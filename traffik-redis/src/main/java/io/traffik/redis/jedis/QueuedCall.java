package io.traffik.redis.jedis;

import io.traffik.redis.async.AdmissionControl;
import io.traffik.redis.async.AdmissionControl.AdmittedCall;
import io.traffik.redis.async.AdmissionControl.Mode;
import io.traffik.redis.async.AdmissionControl.ServerStalledException;
import io.traffik.redis.async.Deadlines;
import io.traffik.redis.async.Deadlines.DeadlineExceededException;
import io.traffik.redis.script.DecisionScript;
import io.traffik.redis.script.ErrorTranslator;
import io.traffik.redis.script.ScriptCall;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.exceptions.JedisConnectionException;

/**
 * A script call that waits in a line until a thread sends it, and its answer. Either a thread
 * claims it, or the caller abandons it. Thread-safe.
 */
final class QueuedCall extends CompletableFuture<Object> {

  private final ScriptCall call;
  private final Mode mode;
  private final long timeoutNanos;
  private final long deadline;
  private final BooleanSupplier abandoned;
  private final AtomicBoolean taken = new AtomicBoolean();
  private volatile long inLineSince;
  private volatile @Nullable AdmissionControl server;
  private volatile @Nullable AdmittedCall admitted;

  /**
   * @param timeoutNanos the time until the deadline
   * @param abandoned whether the caller has abandoned the call
   */
  QueuedCall(ScriptCall call, Mode mode, long timeoutNanos, BooleanSupplier abandoned) {
    this(call, mode, timeoutNanos, System.nanoTime() + timeoutNanos, abandoned);
  }

  private QueuedCall(
      ScriptCall call, Mode mode, long timeoutNanos, long deadline, BooleanSupplier abandoned) {
    this.call = call;
    this.mode = mode;
    this.timeoutNanos = timeoutNanos;
    this.deadline = deadline;
    this.abandoned = abandoned;
  }

  ScriptCall call() {
    return call;
  }

  /** The command that sends the call. */
  CommandArguments arguments() {
    return arguments(call);
  }

  /** The command that sends a call. */
  static CommandArguments arguments(ScriptCall call) {
    CommandArguments arguments =
        call.isBySource()
            ? new CommandArguments(Command.EVAL).add(DecisionScript.TEXT)
            : new CommandArguments(Command.EVALSHA).add(DecisionScript.DIGEST);
    arguments.add(call.keys().size());
    call.keys().forEach(arguments::add);
    for (String argument : call.arguments()) {
      arguments.add(argument);
    }
    return arguments;
  }

  Mode mode() {
    return mode;
  }

  long deadline() {
    return deadline;
  }

  /** The time that the call had when it was made. */
  long timeoutNanos() {
    return timeoutNanos;
  }

  /** The same call, to be sent to another server. */
  QueuedCall redirected() {
    return new QueuedCall(call, mode, timeoutNanos, deadline, abandoned);
  }

  /** Occupies a place at a server, in exchange for the place that the call has occupied before. */
  void admitTo(AdmissionControl next) throws ServerStalledException {
    leave(false);
    inLineSince = System.nanoTime();
    admitted = next.admit(mode, call.client(), deadline, timeoutNanos);
    server = next;
  }

  /** Occupies a place for each of several calls, or for none if one is rejected. */
  static void admitAll(List<QueuedCall> calls, AdmissionControl server)
      throws ServerStalledException {
    try {
      for (QueuedCall queued : calls) {
        queued.admitTo(server);
      }
    } catch (ServerStalledException | RuntimeException e) {
      calls.forEach(queued -> queued.leave(false));
      throw e;
    }
  }

  /**
   * Frees the place.
   *
   * @param answered whether the server answered, even with an error
   */
  void leave(boolean answered) {
    AdmittedCall current = admitted;
    if (current != null) {
      current.end(answered);
    }
  }

  /** Fails the calls that are not complete, and frees the places of all. */
  static void failAll(List<QueuedCall> calls, Throwable thrown) {
    for (QueuedCall queued : calls) {
      queued.completeExceptionally(queued.failure(thrown));
      queued.leave(false);
    }
  }

  private Throwable failure(Throwable thrown) {
    AdmittedCall current = admitted;
    return current != null
            && thrown instanceof JedisConnectionException lost
            && ErrorTranslator.isTimeout(lost)
        ? current.unanswered(lost, timeoutNanos)
        : thrown;
  }

  /** Whether somebody still waits for the answer. */
  boolean isAwaited() {
    return !isDone() && !taken.get() && !abandoned.getAsBoolean();
  }

  /** Claims the call for sending. Returns false if it is abandoned, late, or claimed already. */
  boolean claim() {
    if (!isAwaited()) {
      return false;
    }
    if (deadline - System.nanoTime() <= 0) {
      Exception unsent = abandon();
      if (unsent != null) {
        completeExceptionally(unsent);
      }
      return false;
    }
    return taken.compareAndSet(false, true);
  }

  /**
   * Abandons the call at its deadline, if it is not claimed. No thread sends it then.
   *
   * @return why it was not sent; null if it may have been sent, or never was in line
   */
  @Nullable Exception abandon() {
    AdmissionControl line = server;
    return taken.compareAndSet(false, true) && line != null ? line.unsent(timeoutNanos) : null;
  }

  /**
   * Finds out why there is no answer at the deadline. A thread that has sent the call reads its
   * answer with a timeout of its own, so its result is awaited.
   */
  CompletableFuture<Exception> expire(long timeout) {
    Exception unsent = abandon();
    if (unsent != null) {
      return CompletableFuture.completedFuture(unsent);
    }
    AdmissionControl line = server;
    if (line == null) {
      return CompletableFuture.completedFuture(new DeadlineExceededException());
    }
    CompletableFuture<Exception> failure = new CompletableFuture<>();
    var unused =
        whenComplete(
            (answer, thrown) -> {
              if (thrown instanceof Exception e) {
                failure.complete(e);
              } else if (thrown != null) {
                failure.completeExceptionally(thrown);
              }
            });
    Deadlines.completeAfter(failure, line.unread(), timeout);
    return failure;
  }

  /**
   * The longest time in line of a call with a deadline. The last quarter is for the server, which
   * needs much less unless it has failed. A busy process may delay a call in line for longer.
   */
  static long inLineNanos(long timeoutNanos) {
    return timeoutNanos - timeoutNanos / 4;
  }

  /** Fails the call if it has waited in line for too much of the time that it had then. */
  void failIfLate() {
    long entered = inLineSince;
    if (System.nanoTime() - entered > inLineNanos(deadline - entered)) {
      Exception unsent = abandon();
      if (unsent != null) {
        completeExceptionally(unsent);
      }
    }
  }

  /** Completes the answer with the result or the failure of an action. */
  void complete(Callable<Object> action) {
    try {
      complete(action.call());
    } catch (Exception e) {
      completeExceptionally(e);
    }
  }

  /** Completes the answer with a result or a failure. */
  void finish(@Nullable Object answer, @Nullable Throwable thrown) {
    if (thrown == null) {
      complete(answer);
    } else {
      completeExceptionally(thrown);
    }
  }
}
