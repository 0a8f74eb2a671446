package io.traffik.websocket;

import io.traffik.ConnectionThrottledException;
import io.traffik.ConnectionView;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A message that was throttled, and the way to answer it.
 *
 * <p>A client that does not read its answers is not waited for: when {@link #MAX_UNSENT} messages
 * wait to be sent to it, the next answer ends the connection instead. So it ends for one that
 * floods faster than its answers can be written.
 */
public final class ThrottledMessage {

  /** The status code of a close that asks to try again later (IANA's registry of RFC 6455). */
  public static final int TRY_AGAIN_LATER = 1013;

  /** The status code of a close for a violated policy (RFC 6455, section 7.4.1). */
  public static final int POLICY_VIOLATION = 1008;

  /** How many messages may wait to be sent to a client that is answered. */
  public static final int MAX_UNSENT = 1_024;

  private static final OptionalLong SOON = OptionalLong.of(1);

  private final MessageDispatcher dispatcher;
  private final ConnectionView view;
  private final @Nullable ConnectionThrottledException denial;

  ThrottledMessage(
      MessageDispatcher dispatcher,
      ConnectionView view,
      @Nullable ConnectionThrottledException denial) {
    this.dispatcher = dispatcher;
    this.view = view;
    this.denial = denial;
  }

  /**
   * The view of the message; where the throttles were not asked, that of the handshake.
   *
   * @return the view
   */
  public ConnectionView view() {
    return view;
  }

  /**
   * The denial, by which throttle and for how long.
   *
   * @return the denial; empty if the throttles were not asked, because too many messages of the
   *     connection were waiting for their answer
   */
  public Optional<ConnectionThrottledException> denial() {
    return Optional.ofNullable(denial);
  }

  /**
   * When to try again.
   *
   * @return whole seconds, rounded up, at least 1; empty where waiting does not help
   */
  public OptionalLong retryAfterSeconds() {
    return denial == null ? SOON : ErrorFrame.retryAfterSeconds(denial);
  }

  /**
   * What to tell the client, in words.
   *
   * @return the text, short enough for the reason of a close; ASCII
   */
  public String detail() {
    return ErrorFrame.detail(retryAfterSeconds());
  }

  /**
   * The text of {@link MessageAnswer#errorFrame()}.
   *
   * @return JSON; ASCII
   */
  public String errorFrame() {
    return ErrorFrame.of(retryAfterSeconds());
  }

  /**
   * Sends the client a text message, without waiting until it has gone.
   *
   * @param text the message; not null
   */
  public void send(String text) {
    dispatcher.send(Objects.requireNonNull(text, "text must not be null"));
  }

  /**
   * Closes the connection. Messages of it that came later are dropped.
   *
   * @param code the status code, {@link #TRY_AGAIN_LATER} say
   * @param reason the reason, at most 123 bytes; not null
   */
  public void close(int code, String reason) {
    dispatcher.close(code, Objects.requireNonNull(reason, "reason must not be null"));
  }
}
