package io.traffik;

import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * A connection met its limit: HTTP status 429 (RFC 6585, section 4).
 *
 * <p>It is thrown as often as an attacker likes, and says where the limit was met by its throttle;
 * so it carries no stack trace and no suppressed exceptions.
 */
public class ConnectionThrottledException extends TraffikException {

  private static final long serialVersionUID = 1L;

  private final transient Throttle throttle;
  private final transient Decision decision;
  private final transient Map<String, String> headers;

  /**
   * Makes an exception that asks for {@code Retry-After} to be sent where waiting helps.
   *
   * @param throttle the throttle that denied
   * @param decision its denial
   */
  public ConnectionThrottledException(Throttle throttle, Decision decision) {
    this(throttle, decision, Map.of());
  }

  /**
   * Makes an exception with header fields of the caller's own, sent beside {@code Retry-After}.
   *
   * @param throttle the throttle that denied
   * @param decision its denial
   * @param headers further fields by name; the caller answers for their values
   */
  public ConnectionThrottledException(
      Throttle throttle, Decision decision, Map<String, String> headers) {
    super(message(decision));
    this.throttle = throttle;
    this.decision = decision;
    // Field names that differ in case alone are one field, and the caller's value of it wins.
    Map<String, String> all = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    decision
        .retryAfterSeconds()
        .ifPresent(seconds -> all.put("Retry-After", Long.toString(seconds)));
    all.putAll(Map.copyOf(headers));
    this.headers = Collections.unmodifiableMap(all);
  }

  private static String message(Decision decision) {
    OptionalLong seconds = decision.retryAfterSeconds();
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
    return decision.retryAfter();
  }

  /**
   * The header fields to send: {@code Retry-After} where waiting helps, and those that the thrower
   * gave. Adapters add the {@code RateLimit} fields from the {@link #decision()}.
   *
   * @return fields by name, unmodifiable
   */
  public Map<String, String> headers() {
    return headers;
  }

  /**
   * The throttle that denied.
   *
   * @return the throttle
   */
  public Throttle throttle() {
    return throttle;
  }

  /**
   * The denial.
   *
   * @return the decision
   */
  public Decision decision() {
    return decision;
  }
}
