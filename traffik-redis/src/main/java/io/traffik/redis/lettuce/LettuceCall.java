package io.traffik.redis.lettuce;

import io.traffik.redis.async.AdmissionControl.AdmittedCall;
import io.traffik.redis.async.Deadlines.DeadlineExceededException;
import io.traffik.redis.async.NotConnectedException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** The answer to a call, with the command that was last sent for it. */
final class LettuceCall extends CompletableFuture<Object> {

  private final AdmittedCall admitted;
  private volatile @Nullable WrittenCommand command;
  private volatile @Nullable CompletableFuture<Object> sent;

  LettuceCall(AdmittedCall admitted) {
    this.admitted = admitted;
  }

  /** Stores the last command that is being passed to Lettuce. */
  void sending(WrittenCommand arguments) {
    command = arguments;
  }

  /** Stores the future of the last command that was passed to Lettuce. */
  void sent(CompletableFuture<Object> answer) {
    sent = answer;
  }

  /**
   * A callback after which this call always completes: what it throws, even an error, would
   * otherwise be lost in the stage that it ends.
   */
  <T> BiConsumer<T, @Nullable Throwable> completing(BiConsumer<T, @Nullable Throwable> callback) {
    return (value, thrown) -> {
      try {
        callback.accept(value, thrown);
      } catch (Throwable t) {
        completeExceptionally(t);
      }
    };
  }

  /** Forgets a command that Lettuce has rejected. */
  void rejected() {
    command = null;
    sent = null;
  }

  void cancelCommand() {
    CompletableFuture<Object> current = sent;
    if (current != null) {
      current.cancel(false);
    }
  }

  /** Finds out why there is no answer at the deadline. */
  CompletableFuture<Exception> expire(long timeoutNanos) {
    WrittenCommand current = command;
    return current == null
        ? CompletableFuture.completedFuture(
            new NotConnectedException(new DeadlineExceededException()))
        : current
            .expire(timeoutNanos)
            .thenApply(
                failure ->
                    failure instanceof TimeoutException
                        ? admitted.unanswered(failure, timeoutNanos)
                        : failure);
  }
}
