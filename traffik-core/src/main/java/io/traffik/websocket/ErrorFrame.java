package io.traffik.websocket;

import io.traffik.ConnectionThrottledException;
import java.time.Duration;
import java.util.Objects;
import java.util.OptionalLong;

/**
 * The JSON text that tells a client that a message was throttled:
 *
 * <pre>{@code
 * {"status":"error","status_code":429,"detail":"Too Many Requests. Retry after 3 seconds.","retry_after":3}
 * }</pre>
 *
 * <p>{@code retry_after} is in whole seconds, rounded up, at least 1, and left out where waiting
 * does not help. Nothing of it comes from the client.
 */
public final class ErrorFrame {

  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  private ErrorFrame() {}

  /**
   * The frame for a denial.
   *
   * @param thrown the denial; not null
   * @return the text of the frame; ASCII
   */
  public static String of(ConnectionThrottledException thrown) {
    return of(retryAfterSeconds(thrown));
  }

  /**
   * Sends the frame for a denial that did not come by a {@link MessageDispatcher}; a client with
   * {@link ThrottledMessage#MAX_UNSENT} messages unread is cut off instead.
   *
   * @param thrown the denial; not null
   * @param channel the way to the client; not null
   */
  public static void send(ConnectionThrottledException thrown, MessageChannel channel) {
    if (channel.unsentMessages() < ThrottledMessage.MAX_UNSENT) {
      channel.send(of(thrown));
    } else {
      channel.abort();
    }
  }

  /**
   * Closes a connection that was denied, with 1013.
   *
   * @param thrown the denial; not null
   * @param channel the way to the client; not null
   */
  public static void close(ConnectionThrottledException thrown, MessageChannel channel) {
    channel.close(ThrottledMessage.TRY_AGAIN_LATER, detail(retryAfterSeconds(thrown)));
  }

  static String of(OptionalLong retryAfterSeconds) {
    String frame =
        "{\"status\":\"error\",\"status_code\":429,\"detail\":\""
            + detail(retryAfterSeconds)
            + "\"";
    return retryAfterSeconds.isPresent()
        ? frame + ",\"retry_after\":" + retryAfterSeconds.getAsLong() + "}"
        : frame + "}";
  }

  /** The reason of a close, too: well below the 123 bytes that fit (RFC 6455, section 5.5). */
  static String detail(OptionalLong retryAfterSeconds) {
    return retryAfterSeconds.isPresent()
        ? "Too Many Requests. Retry after " + retryAfterSeconds.getAsLong() + " seconds."
        : "Too Many Requests";
  }

  static OptionalLong retryAfterSeconds(ConnectionThrottledException thrown) {
    Objects.requireNonNull(thrown, "thrown must not be null");
    return thrown
        .retryAfter()
        .map(wait -> OptionalLong.of(secondsRoundedUp(wait)))
        .orElse(OptionalLong.empty());
  }

  private static long secondsRoundedUp(Duration wait) {
    return (wait.toNanos() - 1) / NANOS_PER_SECOND + 1;
  }
}
