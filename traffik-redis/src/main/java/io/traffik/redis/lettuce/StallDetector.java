package io.traffik.redis.lettuce;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Closes a connection on which the server has stopped answering. Lettuce looks for the current
 * master only after it has lost its connection. TCP alone reports a dead host after minutes, and a
 * stopped process never.
 */
final class StallDetector extends ChannelDuplexHandler {

  /**
   * Time to read an answer that has already arrived. Longer than two ticks of Lettuce's timer,
   * whose timeout of a handshake has the better message.
   */
  private static final long GRACE_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

  private final long maxSilenceNanos;
  private boolean awaitingAnswer;
  private boolean checkScheduled;
  private boolean inGracePeriod;
  private long waitingSince;

  /**
   * @param maxSilence the longest time without an answer after a command
   */
  StallDetector(Duration maxSilence) {
    this.maxSilenceNanos = maxSilence.toNanos();
  }

  @Override
  public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
    if (!awaitingAnswer) {
      awaitingAnswer = true;
      waitingSince = System.nanoTime();
      if (!checkScheduled) {
        scheduleCheck(context, maxSilenceNanos);
      }
    }
    var unused = context.write(message, promise);
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    awaitingAnswer = false;
    inGracePeriod = false;
    context.fireChannelRead(message);
  }

  private void scheduleCheck(ChannelHandlerContext context, long delayNanos) {
    checkScheduled = true;
    var unused =
        context.executor().schedule(() -> check(context), delayNanos, TimeUnit.NANOSECONDS);
  }

  private void check(ChannelHandlerContext context) {
    checkScheduled = false;
    if (!awaitingAnswer || !context.channel().isOpen()) {
      return;
    }
    long remaining = maxSilenceNanos - (System.nanoTime() - waitingSince);
    if (remaining > 0) {
      scheduleCheck(context, remaining);
    } else if (!inGracePeriod) {
      // The event loop itself may have been delayed, with an unread answer in the socket.
      inGracePeriod = true;
      scheduleCheck(context, GRACE_NANOS);
    } else {
      var unused = context.close();
    }
  }
}
