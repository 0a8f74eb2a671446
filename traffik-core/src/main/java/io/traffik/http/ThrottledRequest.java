package io.traffik.http;

import io.traffik.BackendException;
import io.traffik.ConnectionThrottledException;
import io.traffik.ConnectionView;
import io.traffik.Decision;
import io.traffik.Throttle;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The throttles that one HTTP request has met so far, for adapters: each charges it once, and when
 * a later one denies or raises, what the earlier ones took is given back.
 *
 * <p>An adapter keeps one with each request, where forwards, error dispatches and asynchronous
 * dispatches find it again. Not safe for several threads at once, as a request is not.
 */
public final class ThrottledRequest {

  private static final Logger LOGGER = System.getLogger(ThrottledRequest.class.getName());

  private final List<Charge> charges = new ArrayList<>(2);

  /** Makes a request that has met no throttle yet. */
  public ThrottledRequest() {}

  /**
   * Enforces a throttle. If this request has met it already, it is not charged again, and the
   * answer is the same.
   *
   * @param throttle the throttle
   * @param view the request
   * @throws ConnectionThrottledException if it denies; {@link #denial} makes the answer
   * @throws RuntimeException whatever else the throttle or its handler throws
   */
  public void enforce(Throttle throttle, ConnectionView view) {
    for (Charge charge : charges) {
      if (charge.throttle == throttle) {
        charge.repeat();
        return;
      }
    }
    try {
      charges.add(new Charge(throttle, view, throttle.enforce(view), null));
    } catch (ConnectionThrottledException e) {
      giveBack();
      charges.add(new Charge(throttle, view, e.decision(), e));
      throw e;
    } catch (RuntimeException | Error e) {
      giveBack();
      throw e;
    }
  }

  private void giveBack() {
    for (Charge charge : charges) {
      charge.giveBack();
    }
  }

  /**
   * The header fields that tell the client what it has left, of all throttles met so far.
   *
   * @param style which fields
   * @return values by name, in order; empty where nothing is to be told
   */
  public Map<String, String> fields(QuotaFields style) {
    Map<String, String> fields = new LinkedHashMap<>();
    style.write(charges.stream().map(charge -> charge.decision).toList(), fields);
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
  public HttpDenial denial(ConnectionThrottledException thrown, QuotaFields style) {
    if (charges.stream().noneMatch(charge -> charge.thrown == thrown)) {
      giveBack();
      charges.add(new Charge(thrown.throttle(), null, thrown.decision(), thrown));
    }
    // Names that differ in case alone are one field.
    Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    headers.put("Content-Type", HttpDenial.CONTENT_TYPE);
    headers.putAll(fields(style));
    thrown.headers().forEach((name, value) -> putSafely(headers, name, value));
    return new HttpDenial(
        thrown.status(), Collections.unmodifiableMap(headers), HttpDenial.body(thrown));
  }

  /** Keeps what a user's handler put into an exception from splitting or breaking the response. */
  private static void putSafely(Map<String, String> headers, String name, String value) {
    if (!name.isEmpty() && name.chars().allMatch(ThrottledRequest::isTokenCharacter)) {
      headers.put(name, value.replaceAll("[^\\x20-\\x7e]", "?"));
    }
  }

  /** RFC 9110, section 5.6.2. */
  private static boolean isTokenCharacter(int c) {
    return c < 128 && (Character.isLetterOrDigit(c) || "!#$%&'*+-.^_`|~".indexOf(c) >= 0);
  }

  private static final class Charge {

    private final Throttle throttle;
    private final @Nullable ConnectionView view;
    private final @Nullable ConnectionThrottledException thrown;
    private Decision decision;

    Charge(
        Throttle throttle,
        @Nullable ConnectionView view,
        Decision decision,
        @Nullable ConnectionThrottledException thrown) {
      this.throttle = throttle;
      this.view = view;
      this.decision = decision;
      this.thrown = thrown;
    }

    void repeat() {
      if (thrown != null) {
        throw thrown;
      }
    }

    void giveBack() {
      // A denial took nothing; it alone may come without a view.
      if (view == null || decision.charged() == 0) {
        return;
      }
      try {
        decision = throttle.refund(view, decision.charged());
      } catch (BackendException e) {
        LOGGER.log(Level.DEBUG, "a refund was lost; the denial that called for it stands", e);
      }
    }
  }
}
