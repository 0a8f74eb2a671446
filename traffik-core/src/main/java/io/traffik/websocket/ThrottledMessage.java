package io.traffik.websocket;

import io.traffik.BackendException;
import io.traffik.ConnectionThrottledException;
import io.traffik.ConnectionView;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A throttled message and the means to answer it.
 *
 * <p>Answers are bounded: if {@link #MAX_UNSENT} messages are unsent, the next {@link #send} ends
 * the connection instead. This affects clients that do not read, and clients that send messages
 * faster than the server can write the answers.
 */
public final class ThrottledMessage {

  /** The status code for "try again later" (IANA registry of RFC 6455). */
  public static final int TRY_AGAIN_LATER = 1013;

  /** The status code for a policy violation (RFC 6455, section 7.4.1). */
  public static final int POLICY_VIOLATION = 1008;

  /** The largest number of unsent messages to a client. */
  public static final int MAX_UNSENT = 1_024;

  /** The wait of a message that found no room. */
  private static final OptionalLong OVERFLOW_SECONDS = OptionalLong.of(1);

  private final ThrottledConnection connection;
  private final ConnectionView view;
  private final @Nullable ConnectionThrottledException denial;
  private final int status;
  private final OptionalLong retryAfterSeconds;

  /** A message that throttles denied, or that found no room if there is no exception. */
  ThrottledMessage(
      ThrottledConnection connection,
      ConnectionView view,
      @Nullable ConnectionThrottledException denial) {
    this.connection = connection;
    this.view = view;
    this.denial = denial;
    this.status = denial == null ? ErrorFrame.TOO_MANY_REQUESTS : denial.status();
    this.retryAfterSeconds = denial == null ? OVERFLOW_SECONDS : denial.retryAfterSeconds();
  }

  /** A message that a backend's failure leaves undecided. */
  ThrottledMessage(ThrottledConnection connection, ConnectionView view, BackendException failure) {
    this.connection = connection;
    this.view = view;
    this.denial = null;
    this.status = ErrorFrame.SERVICE_UNAVAILABLE;
    this.retryAfterSeconds = OptionalLong.of(failure.retryAfterSeconds());
  }

  /**
   * Returns the view of the message. It is that of the handshake if the message found no room in a
   * queue; see {@link #denial()}.
   *
   * @return the view
   */
  public ConnectionView view() {
    return view;
  }

  /**
   * Returns the denial with its throttle and its wait.
   *
   * @return the denial; empty if no throttle decided, because the message found no room in a queue
   *     or no thread to wait on, or because a backend failed
   */
  public Optional<ConnectionThrottledException> denial() {
    return Optional.ofNullable(denial);
  }

  /**
   * Returns the time after which to retry.
   *
   * @return whole seconds, rounded up, at least 1; empty if the time is unknown or waiting does not
   *     help
   */
  public OptionalLong retryAfterSeconds() {
    return retryAfterSeconds;
  }

  /**
   * Returns a message for the client in plain words.
   *
   * @return the text, short enough for the reason of a close; ASCII
   */
  public String detail() {
    return ErrorFrame.detail(status, retryAfterSeconds);
  }

  /**
   * Returns the text of an {@link ErrorFrame} for this message.
   *
   * @return JSON; ASCII
   */
  public String errorFrame() {
    return ErrorFrame.of(status, retryAfterSeconds);
  }

  /**
   * Sends a text message to the client without blocking.
   *
   * @param text the message; not null
   */
  public void send(String text) {
    connection.send(Objects.requireNonNull(text, "text must not be null"));
  }

  /**
   * Closes the connection. Later messages of this connection are dropped.
   *
   * @param code the status code, for example {@link #TRY_AGAIN_LATER}
   * @param reason the reason, at most 123 bytes; not null
   */
  public void close(int code, String reason) {
    connection.close(code, Objects.requireNonNull(reason, "reason must not be null"));
  }
}
