package io.traffik.redis;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Closes a connection of Lettuce's that says nothing for a while although it was asked. The other
 * end may have gone without a word, or hold still while another server has taken its place; TCP
 * alone notices the one after many minutes and the other never, and Lettuce looks for the server
 * only when it has lost the connection.
 */
final class StallDetector extends ChannelDuplexHandler {

  /** Enough for what has come to be read. */
  private static final long DOUBT_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private final long longestNanos;
  private boolean asked;
  private boolean watched;
  private boolean doubted;
  private long askedAt;

  /**
   * @param longest how long it may say nothing after it was asked
   */
  StallDetector(Duration longest) {
    this.longestNanos = longest.toNanos();
  }

  @Override
  public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
    if (!asked) {
      asked = true;
      askedAt = System.nanoTime();
      if (!watched) {
        watch(context, longestNanos);
      }
    }
    var unused = context.write(message, promise);
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    asked = false;
    doubted = false;
    context.fireChannelRead(message);
  }

  private void watch(ChannelHandlerContext context, long nanos) {
    watched = true;
    var unused = context.executor().schedule(() -> look(context), nanos, TimeUnit.NANOSECONDS);
  }

  private void look(ChannelHandlerContext context) {
    watched = false;
    if (!asked || !context.channel().isOpen()) {
      return;
    }
    long left = longestNanos - (System.nanoTime() - askedAt);
    if (left > 0) {
      watch(context, left);
    } else if (!doubted) {
      // Its thread may have been held up, with the answer there and not yet read.
      doubted = true;
      watch(context, DOUBT_NANOS);
    } else {
      var unused = context.close();
    }
  }
}
