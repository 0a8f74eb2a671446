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
final class SilenceWatch extends ChannelDuplexHandler {

  private final long longestNanos;
  private boolean asked;
  private boolean watched;
  private long askedAt;

  /**
   * @param longest no call waits longer for an answer
   */
  SilenceWatch(Duration longest) {
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
    } else {
      var unused = context.close();
    }
  }
}
