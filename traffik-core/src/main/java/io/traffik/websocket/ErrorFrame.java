package io.traffik.websocket;

import io.traffik.BackendException;
import io.traffik.ConnectionThrottledException;
import java.util.Objects;
import java.util.OptionalLong;

/**
 * The JSON text message that answers a throttled message:
 *
 * <pre>{@code
 * {"status":"error","status_code":429,"detail":"Too Many Requests. Retry after 3 seconds.","retry_after":3}
 * }</pre>
 *
 * <p>{@code status_code} is 503, and the detail begins with {@code Service Unavailable}, if the
 * backend failed or the server is overloaded. {@code retry_after} is in whole seconds, rounded up,
 * at least 1. It is absent if the time is unknown or waiting does not help. The frame contains no
 * text of the client.
 */
public final class ErrorFrame {

  static final int TOO_MANY_REQUESTS = 429;

  static final int SERVICE_UNAVAILABLE = 503;

  private ErrorFrame() {}

  /**
   * Returns the frame for a denial.
   *
   * @param thrown the denial; not null
   * @return the text of the frame; ASCII
   */
  public static String of(ConnectionThrottledException thrown) {
    Objects.requireNonNull(thrown, "thrown must not be null");
    return of(thrown.status(), thrown.retryAfterSeconds());
  }

  /**
   * Sends the frame for a denial that did not pass through a {@link ThrottledConnection}. If {@link
   * ThrottledMessage#MAX_UNSENT} messages are unsent, it ends the connection instead.
   *
   * @param thrown the denial; not null
   * @param channel the client's connection; not null
   */
  public static void send(ConnectionThrottledException thrown, MessageChannel channel) {
    send(of(thrown), channel);
  }

  /**
   * Sends the frame for a message that a backend's failure leaves undecided, as {@link
   * #send(ConnectionThrottledException, MessageChannel)} does.
   *
   * @param thrown the failure; not null
   * @param channel the client's connection; not null
   */
  public static void send(BackendException thrown, MessageChannel channel) {
    send(of(SERVICE_UNAVAILABLE, OptionalLong.of(thrown.retryAfterSeconds())), channel);
  }

  private static void send(String frame, MessageChannel channel) {
    if (channel.unsentMessages() < ThrottledMessage.MAX_UNSENT) {
      channel.send(frame);
    } else {
      channel.abort();
    }
  }

  /**
   * Closes a connection that a backend's failure leaves undecided with status code 1013.
   *
   * @param thrown the failure; not null
   * @param channel the client's connection; not null
   */
  public static void close(BackendException thrown, MessageChannel channel) {
    Objects.requireNonNull(thrown, "thrown must not be null");
    channel.close(
        ThrottledMessage.TRY_AGAIN_LATER,
        detail(SERVICE_UNAVAILABLE, OptionalLong.of(thrown.retryAfterSeconds())));
  }

  /**
   * Closes a denied connection with status code 1013.
   *
   * @param thrown the denial; not null
   * @param channel the client's connection; not null
   */
  public static void close(ConnectionThrottledException thrown, MessageChannel channel) {
    Objects.requireNonNull(thrown, "thrown must not be null");
    channel.close(
        ThrottledMessage.TRY_AGAIN_LATER, detail(thrown.status(), thrown.retryAfterSeconds()));
  }

  static String of(int status, OptionalLong retryAfterSeconds) {
    String frame =
        "{\"status\":\"error\",\"status_code\":"
            + status
            + ",\"detail\":\""
            + detail(status, retryAfterSeconds)
            + "\"";
    return retryAfterSeconds.isPresent()
        ? frame + ",\"retry_after\":" + retryAfterSeconds.getAsLong() + "}"
        : frame + "}";
  }

  /** Also the reason of a close, so it must fit in 123 bytes (RFC 6455, section 5.5). */
  static String detail(int status, OptionalLong retryAfterSeconds) {
    String title = ConnectionThrottledException.reasonPhrase(status);
    return retryAfterSeconds.isPresent()
        ? title + ". " + ConnectionThrottledException.retryAdvice(retryAfterSeconds.getAsLong())
        : title;
  }
}
