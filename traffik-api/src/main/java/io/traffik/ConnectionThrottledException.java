package io.traffik;

import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Thrown when a throttle denies a connection. Adapters respond with HTTP status 429 (RFC 6585,
 * section 4). If the client's limit is not the reason, because the backend failed or the server is
 * overloaded, they respond with 503 (RFC 9110, section 15.6.4).
 *
 * <p>An attacker can cause this exception at any rate, so it has no stack trace and no suppressed
 * exceptions. The throttle identifies the limit.
 *
 * <p>Serialization keeps the message, the time to retry and the header fields. It drops the
 * throttle and the decision, which belong to the throwing process.
 */
public class ConnectionThrottledException extends TraffikException {

  private static final long serialVersionUID = 1L;

  private static final long UNAVAILABLE_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** Most denials become a response without anyone reading their message. */
  private static final String LAZY_MESSAGE = "";

  private final transient @Nullable Throttle throttle;
  private final transient @Nullable Decision decision;

  /** 503 if the store failed or the server is overloaded; otherwise 429. */
  private final int status;

  /** 0 where {@link #retryAfter()} is empty. */
  private final long retryAfterNanos;

  /** The header fields by name; names that differ in case alone are one field. */
  private final TreeMap<String, String> headers;

  /**
   * Creates an exception with the header field {@code Retry-After} if the decision states a time.
   *
   * @param throttle the throttle that denied, not null
   * @param decision its denial, not null
   */
  public ConnectionThrottledException(Throttle throttle, Decision decision) {
    this(throttle, decision, Map.of());
  }

  /**
   * Creates an exception with further header fields.
   *
   * @param throttle the throttle that denied, not null
   * @param decision its denial, not null
   * @param headers further fields by name, neither names nor values null; a {@code Retry-After}
   *     replaces the one of the decision. The caller must validate names and values
   */
  public ConnectionThrottledException(
      Throttle throttle, Decision decision, Map<String, String> headers) {
    super(LAZY_MESSAGE);
    Objects.requireNonNull(decision, "decision must not be null");
    this.throttle = Objects.requireNonNull(throttle, "throttle must not be null");
    this.decision = decision;
    boolean unavailable = isUnavailable(decision);
    this.status = unavailable ? 503 : 429;
    this.retryAfterNanos =
        unavailable
            ? Math.max(UNAVAILABLE_NANOS, PolicyOutcome.retryAfterNanos(decision.outcome))
            : decision.retryAfterNanos();
    // Field names are case-insensitive; the caller's value replaces the library's.
    this.headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    if (retryAfterNanos != 0) {
      this.headers.put("Retry-After", Long.toString(Seconds.roundedUp(retryAfterNanos)));
    }
    Objects.requireNonNull(headers, "headers must not be null")
        .forEach(
            (name, value) ->
                this.headers.put(
                    Objects.requireNonNull(name, "header name must not be null"),
                    Objects.requireNonNull(value, "header value must not be null")));
  }

  /** Whether the backend's failure or overload denied, and not a limit. */
  private static boolean isUnavailable(Decision decision) {
    return decision.degraded() && !decision.impossible() && decision.quotas().isEmpty();
  }

  /** The reason phrase, and the time to retry if there is one. Built when it is read. */
  @Override
  public String getMessage() {
    String title = reasonPhrase(status);
    return retryAfterNanos == 0
        ? title
        : title + ". " + retryAdvice(Seconds.roundedUp(retryAfterNanos));
  }

  /**
   * Returns the reason phrase of a denial, which is also the title of its problem document.
   *
   * @param status 429 or 503
   * @return the phrase; ASCII
   */
  public static String reasonPhrase(int status) {
    return status == 429 ? "Too Many Requests" : "Service Unavailable";
  }

  /**
   * Returns the sentence that tells a client when to retry, for example {@code Retry after 3
   * seconds.}
   *
   * @param seconds whole seconds
   * @return the sentence; ASCII
   */
  public static String retryAdvice(long seconds) {
    return "Retry after " + seconds + (seconds == 1 ? " second." : " seconds.");
  }

  /**
   * The HTTP status of the response.
   *
   * @return 503 if the backend failed or the server is overloaded; 429 if the client reached a
   *     limit
   */
  public int status() {
    return status;
  }

  /**
   * The time after which the same hit passes, or may be tried again if the status is 503.
   *
   * @return above zero; empty if the time is unknown or waiting does not help
   */
  public Optional<Duration> retryAfter() {
    return retryAfterNanos == 0 ? Optional.empty() : Optional.of(Duration.ofNanos(retryAfterNanos));
  }

  /**
   * Returns {@link #retryAfter()} in whole seconds, rounded up, as in {@code Retry-After}.
   *
   * @return at least 1; empty where {@link #retryAfter()} is
   */
  public OptionalLong retryAfterSeconds() {
    return Seconds.optional(retryAfterNanos);
  }

  /**
   * The header fields of the response: {@code Retry-After}, if there is a time, and those passed to
   * the constructor. Adapters add the {@code RateLimit} fields from the {@link #decision()}.
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
   * @throws IllegalStateException if this exception was deserialized
   */
  public Throttle throttle() {
    return requirePresent(throttle, "throttle");
  }

  /**
   * The denial.
   *
   * @return the decision
   * @throws IllegalStateException if this exception was deserialized
   */
  public Decision decision() {
    return requirePresent(decision, "decision");
  }

  private static <T> T requirePresent(@Nullable T part, String name) {
    if (part == null) {
      throw new IllegalStateException(
          name + " is not available: this exception was deserialized, which drops it");
    }
    return part;
  }
}
