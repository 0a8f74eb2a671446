package io.traffik;

import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A connection met its limit: HTTP status 429 (RFC 6585, section 4).
 *
 * <p>It is thrown as often as an attacker likes, and says where the limit was met by its throttle;
 * so it carries no stack trace and no suppressed exceptions.
 *
 * <p>Serialized (by a remote call, say), it keeps the message, the wait and the header fields, and
 * loses throttle and decision, which belong to the process that made them.
 */
public class ConnectionThrottledException extends TraffikException {

  private static final long serialVersionUID = 1L;

  private final transient @Nullable Throttle throttle;
  private final transient @Nullable Decision decision;

  /** 0 where waiting does not help. */
  private final long retryAfterNanos;

  /** The header fields by name; names that differ in case alone are one field. */
  private final TreeMap<String, String> headers;

  /**
   * Makes an exception that asks for {@code Retry-After} to be sent where waiting helps.
   *
   * @param throttle the throttle that denied, not null
   * @param decision its denial, not null
   */
  public ConnectionThrottledException(Throttle throttle, Decision decision) {
    this(throttle, decision, Map.of());
  }

  /**
   * Makes an exception with header fields of the caller's own, sent beside {@code Retry-After}.
   *
   * @param throttle the throttle that denied, not null
   * @param decision its denial, not null
   * @param headers further fields by name, none of them null; the caller answers for their values
   */
  public ConnectionThrottledException(
      Throttle throttle, Decision decision, Map<String, String> headers) {
    super(message(decision));
    this.throttle = Objects.requireNonNull(throttle, "throttle must not be null");
    this.decision = decision;
    this.retryAfterNanos = decision.retryAfterNanos();
    // Field names that differ in case alone are one field, and the caller's value of it wins.
    this.headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    decision
        .retryAfterSeconds()
        .ifPresent(seconds -> this.headers.put("Retry-After", Long.toString(seconds)));
    Objects.requireNonNull(headers, "headers must not be null")
        .forEach(
            (name, value) ->
                this.headers.put(
                    Objects.requireNonNull(name, "header name must not be null"),
                    Objects.requireNonNull(value, "header value must not be null")));
  }

  private static String message(Decision decision) {
    OptionalLong seconds =
        Objects.requireNonNull(decision, "decision must not be null").retryAfterSeconds();
    return seconds.isPresent()
        ? "Too Many Requests. Retry after " + seconds.getAsLong() + " seconds."
        : "Too Many Requests";
  }

  /**
   * The HTTP status to answer with.
   *
   * @return 429
   */
  public int status() {
    return 429;
  }

  /**
   * How long the same hit is denied.
   *
   * @return the wait, empty where waiting does not help
   */
  public Optional<Duration> retryAfter() {
    return retryAfterNanos == 0 ? Optional.empty() : Optional.of(Duration.ofNanos(retryAfterNanos));
  }

  /**
   * Returns {@link #retryAfter()} in whole seconds, rounded up, as in {@code Retry-After}.
   *
   * @return at least 1; empty where waiting does not help
   */
  public OptionalLong retryAfterSeconds() {
    return Decision.optionalSeconds(retryAfterNanos);
  }

  /**
   * The header fields to send: {@code Retry-After} where waiting helps, and those that the thrower
   * gave. Adapters add the {@code RateLimit} fields from the {@link #decision()}.
   *
   * @return fields by name, unmodifiable
   */
  public Map<String, String> headers() {
    return Collections.unmodifiableMap(headers);
  }

  /**
   * The throttle that denied.
   *
   * @return the throttle
   * @throws IllegalStateException if this exception was serialized and read back
   */
  public Throttle throttle() {
    return kept(throttle, "throttle");
  }

  /**
   * The denial.
   *
   * @return the decision
   * @throws IllegalStateException if this exception was serialized and read back
   */
  public Decision decision() {
    return kept(decision, "decision");
  }

  private static <T> T kept(@Nullable T part, String name) {
    if (part == null) {
      throw new IllegalStateException(
          name + " must be asked for where it was thrown: it is not kept by serialization");
    }
    return part;
  }
}
