package io.traffik.http;

import io.traffik.ConnectionThrottledException;
import io.traffik.ConnectionView;
import io.traffik.Decision;
import io.traffik.Throttle;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * The throttles that one HTTP request has met so far, for adapters: each charges it once, and when
 * a later one denies or raises, what the earlier ones took is given back.
 *
 * <p>An adapter keeps one with each request, where forwards, error dispatches and asynchronous
 * dispatches find it again. Not safe for several threads at once, as a request is not. All
 * parameters must not be null.
 */
public final class ThrottledRequest {

  private final List<ThrottleOutcome> met = new ArrayList<>(2);

  /** Makes a request that has met no throttle yet. */
  public ThrottledRequest() {}

  /**
   * Enforces a throttle. If this request has met it already, it is not asked or charged again, and
   * the answer is the same, be it an exception.
   *
   * @param throttle the throttle
   * @param view the request
   * @throws ConnectionThrottledException if it denies; {@link #denial} makes the answer
   * @throws RuntimeException whatever else the throttle or its handler throws
   */
  public void enforce(Throttle throttle, ConnectionView view) {
    Objects.requireNonNull(throttle, "throttle must not be null");
    Objects.requireNonNull(view, "view must not be null");
    boolean known = false;
    for (ThrottleOutcome each : met) {
      if (each.throttle() == throttle) {
        each.repeat();
        known = true;
      }
    }
    if (known) {
      return;
    }
    try {
      met.add(ThrottleOutcome.charged(throttle, throttle.charge(view)));
    } catch (RuntimeException e) {
      refund();
      met.add(ThrottleOutcome.refused(throttle, e));
      throw e;
    } catch (Error e) {
      refund();
      throw e;
    }
  }

  private void refund() {
    for (ThrottleOutcome each : met) {
      each.refund();
    }
  }

  /**
   * The header fields that tell the client what it has left, of all throttles met so far. Each
   * stands once, as it answered last.
   *
   * @param style which fields
   * @return values by name, in order; empty where nothing is to be told
   */
  public Map<String, String> headers(RateLimitHeaders style) {
    Objects.requireNonNull(style, "style must not be null");
    Map<String, String> fields = new LinkedHashMap<>();
    Map<Throttle, Decision> told = new LinkedHashMap<>();
    for (ThrottleOutcome each : met) {
      Decision decision = each.decision();
      if (decision != null) {
        told.put(each.throttle(), decision);
      }
    }
    style.write(told.values(), fields);
    return fields;
  }

  /**
   * The answer to send when {@link #enforce} threw, or the request's handler after it asked a
   * throttle by itself; then, too, what this request's throttles took is given back.
   *
   * @param thrown the denial
   * @param style which quota fields to send
   * @return status, header fields and body
   */
  public HttpDenial denial(ConnectionThrottledException thrown, RateLimitHeaders style) {
    Objects.requireNonNull(thrown, "thrown must not be null");
    Objects.requireNonNull(style, "style must not be null");
    if (met.stream().noneMatch(each -> each.isRefusedBy(thrown))) {
      refund();
      met.add(ThrottleOutcome.refused(thrown.throttle(), thrown));
    }
    // Names that differ in case alone are one field.
    Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    headers.put("Content-Type", HttpDenial.CONTENT_TYPE);
    headers.putAll(headers(style));
    HeaderSanitizer.put(thrown.headers(), headers);
    return new HttpDenial(
        thrown.status(), Collections.unmodifiableMap(headers), HttpDenial.body(thrown));
  }
}
