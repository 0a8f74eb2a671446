package io.traffik.http;

import io.traffik.BackendException;
import io.traffik.Charge;
import io.traffik.ConnectionThrottledException;
import io.traffik.ConnectionView;
import io.traffik.Decision;
import io.traffik.Throttle;
import io.traffik.ThrottleGroup;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * One HTTP request and the outcomes of its throttles so far, for adapters. Each throttle charges
 * the request once. Throttles that are enforced together take nothing if one of them denies. If a
 * later call denies or throws, the tokens that earlier calls took are refunded.
 *
 * <p>An adapter stores this object with the request, so that forwards, error dispatches and
 * asynchronous dispatches find it again. Not thread-safe, like a request itself. No parameter may
 * be null.
 */
public final class ThrottledRequest {

  private final List<ThrottleOutcome> outcomes = new ArrayList<>(2);

  /** Creates a request that no throttle has been enforced on. */
  public ThrottledRequest() {}

  /**
   * Copies the throttles that an adapter's method received, and rejects null.
   *
   * @param throttles may be empty
   * @return the copy, in the same order
   */
  public static List<Throttle> requireThrottles(Throttle... throttles) {
    for (Throttle throttle : Objects.requireNonNull(throttles, "throttles must not be null")) {
      Objects.requireNonNull(throttle, "throttle must not be null");
    }
    return List.of(throttles);
  }

  /**
   * Enforces one throttle, as {@link #enforceAll} does.
   *
   * @param throttle the throttle
   * @param view the request
   * @throws ConnectionThrottledException if the throttle denies; {@link #denial} creates the
   *     response
   * @throws RuntimeException any other exception of the throttle or its handler
   */
  public void enforce(Throttle throttle, ConnectionView view) {
    enforceAll(List.of(Objects.requireNonNull(throttle, "throttle must not be null")), view);
  }

  /**
   * Enforces throttles together: if one denies, none takes anything. A throttle that was enforced
   * before charges nothing: if it threw, this method throws the same exception.
   *
   * @param throttles the throttles in the order of evaluation; may be empty
   * @param view the request
   * @throws ConnectionThrottledException if a throttle denies; {@link #denial} creates the response
   * @throws RuntimeException any other exception of a throttle or its handler
   */
  public void enforceAll(List<Throttle> throttles, ConnectionView view) {
    Objects.requireNonNull(throttles, "throttles must not be null");
    Objects.requireNonNull(view, "view must not be null");
    List<Throttle> fresh = new ArrayList<>(throttles.size());
    for (Throttle throttle : throttles) {
      if (!isEnforced(throttle)) {
        fresh.add(throttle);
      }
    }
    if (!fresh.isEmpty()) {
      charge(ThrottleGroup.of(fresh), view);
    }
  }

  /** Throws the exception of the throttle again, if it threw one. */
  private boolean isEnforced(Throttle throttle) {
    boolean enforced = false;
    for (ThrottleOutcome outcome : outcomes) {
      if (outcome.throttle() == throttle) {
        outcome.rethrowFailure();
        enforced = true;
      }
    }
    return enforced;
  }

  private void charge(ThrottleGroup group, ConnectionView view) {
    Map<Throttle, Decision> others = new HashMap<>();
    try {
      List<Charge> charges = group.charge(view, others::put);
      for (int i = 0; i < charges.size(); i++) {
        outcomes.add(ThrottleOutcome.charged(group.throttles().get(i), charges.get(i)));
      }
    } catch (RuntimeException e) {
      refund();
      for (Throttle throttle : group.throttles()) {
        // If a throttle denied, only its own decision is missing here.
        Decision decision = others.get(throttle);
        outcomes.add(
            decision == null
                ? ThrottleOutcome.failed(throttle, e)
                : ThrottleOutcome.uncharged(throttle, decision));
      }
      throw e;
    } catch (Error e) {
      refund();
      throw e;
    }
  }

  private void refund() {
    for (ThrottleOutcome outcome : outcomes) {
      outcome.refund();
    }
  }

  /**
   * Returns the header fields that report the remaining quota of all throttles so far. A throttle
   * appears once, with its latest decision.
   *
   * @param style the fields to send
   * @return values by name, in order; empty if there is nothing to report
   */
  public Map<String, String> headers(RateLimitHeaders style) {
    Objects.requireNonNull(style, "style must not be null");
    Map<String, String> headers = new LinkedHashMap<>();
    Map<Throttle, Decision> latest = new LinkedHashMap<>();
    for (ThrottleOutcome outcome : outcomes) {
      Decision decision = outcome.decision();
      if (decision != null) {
        latest.put(outcome.throttle(), decision);
      }
    }
    style.write(latest.values(), headers);
    return headers;
  }

  /**
   * Creates the response to a denied request. The denial may come from {@link #enforce}, or from a
   * throttle that the request's handler called itself; this method then refunds the tokens that the
   * request's throttles took.
   *
   * @param thrown the denial
   * @param style the {@code RateLimit} fields to send
   * @return status, header fields and body
   */
  public HttpDenial denial(ConnectionThrottledException thrown, RateLimitHeaders style) {
    Objects.requireNonNull(thrown, "thrown must not be null");
    Objects.requireNonNull(style, "style must not be null");
    if (outcomes.stream().noneMatch(outcome -> outcome.isFailure(thrown))) {
      refund();
      outcomes.add(ThrottleOutcome.failed(thrown.throttle(), thrown));
    }
    // Field names are case-insensitive, so a handler's "retry-after" replaces "Retry-After".
    Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    headers.put("Content-Type", HttpDenial.CONTENT_TYPE);
    headers.putAll(headers(style));
    HeaderSanitizer.copy(thrown.headers(), headers);
    return new HttpDenial(
        thrown.status(), Collections.unmodifiableMap(headers), HttpDenial.body(thrown));
  }

  /**
   * Creates the response to a request that a backend's failure leaves undecided, because a throttle
   * has {@link io.traffik.FailurePolicy#THROW}. The exception may come from {@link #enforce}, or
   * from a throttle that the request's handler called itself. The tokens that the request's
   * throttles took are refunded.
   *
   * @param thrown the failure
   * @param style the {@code RateLimit} fields to send
   * @return status 503, header fields with {@code Retry-After}, and body
   */
  public HttpDenial denial(BackendException thrown, RateLimitHeaders style) {
    Objects.requireNonNull(thrown, "thrown must not be null");
    Objects.requireNonNull(style, "style must not be null");
    refund();
    long seconds = thrown.retryAfterSeconds();
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("Content-Type", HttpDenial.CONTENT_TYPE);
    headers.putAll(headers(style));
    headers.put("Retry-After", Long.toString(seconds));
    return new HttpDenial(
        HttpDenial.SERVICE_UNAVAILABLE,
        Collections.unmodifiableMap(headers),
        HttpDenial.unavailableBody(seconds));
  }
}
