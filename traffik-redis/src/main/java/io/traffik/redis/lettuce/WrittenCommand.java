package io.traffik.redis.lettuce;

import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.protocol.CommandArgs;
import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.internal.ThreadExecutorMap;
import io.traffik.redis.async.AdmissionControl.CallRejectedException;
import io.traffik.redis.async.Deadlines;
import io.traffik.redis.async.Deadlines.DeadlineExceededException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The arguments of a command, with the time and the event loop of its writing. They distinguish a
 * server that does not answer from a process that is too busy to read the answer. Clients can cause
 * the latter, so it must not count as a failure of the server.
 */
final class WrittenCommand extends CommandArgs<String, String> {

  private static final long READING_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  private volatile long writtenAt;
  private volatile boolean written;
  private volatile @Nullable EventExecutor eventLoop;

  /**
   * @param eventLoop the event loop that will write the command, or null if it is unknown
   */
  WrittenCommand(@Nullable EventExecutor eventLoop) {
    super(StringCodec.ASCII);
    this.eventLoop = eventLoop;
  }

  /** Called by the event loop that writes the command. */
  @Override
  public void encode(ByteBuf buffer) {
    writtenAt = System.nanoTime();
    written = true;
    eventLoop = ThreadExecutorMap.currentExecutor();
    super.encode(buffer);
  }

  /**
   * Finds out why the command has no answer at its deadline. The event loop reads what has arrived
   * before it runs a task that is due. From the writing on, the server has at least half of the
   * timeout to answer.
   *
   * @param timeoutNanos the time that the command had
   * @return a timeout if the server has not answered, or a rejection if this process was too busy
   */
  CompletableFuture<Exception> expire(long timeoutNanos) {
    EventExecutor loop = eventLoop;
    if (loop == null) {
      return CompletableFuture.completedFuture(new DeadlineExceededException());
    }
    CompletableFuture<Exception> failure = new CompletableFuture<>();
    long sinceWriting = written ? System.nanoTime() - writtenAt : 0;
    long delay = Math.max(READING_NANOS, timeoutNanos / 2 - sinceWriting);
    try {
      var unused =
          loop.schedule(
              () -> failure.complete(new DeadlineExceededException()), delay, TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException e) {
      // The client was shut down.
      return CompletableFuture.completedFuture(new DeadlineExceededException());
    }
    Deadlines.completeAfter(failure, busy(), timeoutNanos);
    return failure;
  }

  private static CallRejectedException busy() {
    return new CallRejectedException(
        "This process was too busy to read the answer to a Redis command before the deadline; the"
            + " hit may have been charged. Shed load, and block no thread of Lettuce.",
        null);
  }
}
