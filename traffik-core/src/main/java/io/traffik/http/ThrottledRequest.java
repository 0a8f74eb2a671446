package io.traffik.http;

import io.traffik.Admission;
import io.traffik.BackendException;
import io.traffik.Charge;
import io.traffik.ConnectionThrottledException;
import io.traffik.ConnectionView;
import io.traffik.Decision;
import io.traffik.Throttle;
import io.traffik.ThrottleGroup;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

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

  private static final DenialCache DENIALS = new DenialCache();

  private final List<ThrottleOutcome> outcomes = new ArrayList<>(2);

  /** The fields that report the outcomes; null if not formatted since the last outcome. */
  private @Nullable QuotaFields fields;

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
    admit(ThrottleGroup.of(throttles), view)
        .ifPresent(
            denial -> {
              throw denial;
            });
  }

  /**
   * As {@link #enforceAll}, and returns a denial instead of throwing it, because throwing can take
   * longer than the decision.
   *
   * @param group the throttles
   * @param view the request
   * @return the denial, which {@link #denial} turns into a response; empty if the request passes
   * @throws RuntimeException any other exception of a throttle or its handler
   */
  public Optional<ConnectionThrottledException> admit(ThrottleGroup group, ConnectionView view) {
    Objects.requireNonNull(group, "group must not be null");
    Objects.requireNonNull(view, "view must not be null");
    if (outcomes.isEmpty() && !group.throttles().isEmpty()) {
      return charge(group, view);
    }
    List<Throttle> fresh = new ArrayList<>(group.throttles());
    for (ThrottleOutcome outcome : outcomes) {
      if (group.throttles().contains(outcome.throttle())) {
        Optional<ConnectionThrottledException> denial = outcome.repeat();
        if (denial.isPresent()) {
          return denial;
        }
        fresh.remove(outcome.throttle());
      }
    }
    return fresh.isEmpty() ? Optional.empty() : charge(ThrottleGroup.of(fresh), view);
  }

  private Optional<ConnectionThrottledException> charge(ThrottleGroup group, ConnectionView view) {
    Map<Throttle, Decision> others = new HashMap<>(0);
    try {
      Admission admission = group.admit(view, others::put);
      List<Charge> charges = admission.charges();
      for (int i = 0; i < charges.size(); i++) {
        add(ThrottleOutcome.charged(group.throttles().get(i), charges.get(i)));
      }
      admission.denial().ifPresent(denial -> fail(group, others, denial));
      return admission.denial();
    } catch (RuntimeException e) {
      fail(group, others, e);
      throw e;
    } catch (Error e) {
      refund();
      throw e;
    }
  }

  private void fail(ThrottleGroup group, Map<Throttle, Decision> others, RuntimeException failure) {
    refund();
    for (Throttle throttle : group.throttles()) {
      // If a throttle denied, only its own decision is missing here.
      Decision decision = others.get(throttle);
      add(
          decision == null
              ? ThrottleOutcome.failed(throttle, failure)
              : ThrottleOutcome.uncharged(throttle, decision));
    }
  }

  /**
   * Returns whether a throttle let this request pass and charged it.
   *
   * @param throttle the throttle
   * @return false also after a refund
   */
  public boolean isCharged(Throttle throttle) {
    for (ThrottleOutcome outcome : outcomes) {
      if (outcome.throttle() == throttle && outcome.isCharged()) {
        return true;
      }
    }
    return false;
  }

  /**
   * Settles what a throttle has charged for this request, once the real cost is known. Does not
   * wait for the backend. Has no effect if the throttle was not enforced on this request, if it
   * charged nothing, or if the charge was refunded or settled before.
   *
   * @param throttle the throttle
   * @param actualCost the number of tokens that the request cost, at least 0
   * @throws IllegalArgumentException if the cost is negative
   */
  public void settle(Throttle throttle, long actualCost) {
    Objects.requireNonNull(throttle, "throttle must not be null");
    if (actualCost < 0) {
      throw new IllegalArgumentException("actual cost must be at least 0: " + actualCost);
    }
    for (ThrottleOutcome outcome : outcomes) {
      if (outcome.throttle() == throttle && outcome.isCharged()) {
        outcome.settle(actualCost);
      }
    }
  }

  private void refund() {
    for (ThrottleOutcome outcome : outcomes) {
      outcome.refund();
    }
    fields = null;
  }

  /**
   * Returns the header fields that report the remaining quota of all throttles so far. A throttle
   * appears once, with its latest decision.
   *
   * @param style the fields to send
   * @return values by name, in order; empty if there is nothing to report
   */
  public Map<String, String> headers(RateLimitHeaders style) {
    Map<String, String> headers = new LinkedHashMap<>();
    writeHeaders(style, headers::put);
    return headers;
  }

  /**
   * Writes the fields of {@link #headers} to a response.
   *
   * @param style the fields to send
   * @param writer receives the name and the value of each field
   */
  public void writeHeaders(
      RateLimitHeaders style, BiConsumer<? super String, ? super String> writer) {
    Objects.requireNonNull(writer, "writer must not be null");
    if (fields == null) {
      // Kept, because an adapter may write them before a handler, and again with a denial.
      fields = QuotaFields.of(latestDecisions());
    }
    Objects.requireNonNull(style, "style must not be null").write(fields, writer);
  }

  private void add(ThrottleOutcome outcome) {
    outcomes.add(outcome);
    fields = null;
  }

  private Collection<Decision> latestDecisions() {
    if (outcomes.size() == 1) {
      Decision only = outcomes.get(0).decision();
      return only == null ? List.of() : List.of(only);
    }
    Map<Throttle, Decision> latest = new LinkedHashMap<>();
    for (ThrottleOutcome outcome : outcomes) {
      Decision decision = outcome.decision();
      if (decision != null) {
        latest.put(outcome.throttle(), decision);
      }
    }
    return latest.values();
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
    if (!isFailure(thrown)) {
      refund();
      add(ThrottleOutcome.failed(thrown.throttle(), thrown));
    }
    return DENIALS.get(latestDecisions(), thrown, style, () -> createDenial(thrown, style));
  }

  private HttpDenial createDenial(ConnectionThrottledException thrown, RateLimitHeaders style) {
    // Field names are case-insensitive, so a handler's "retry-after" replaces "Retry-After".
    Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    headers.put("Content-Type", HttpDenial.CONTENT_TYPE);
    writeHeaders(style, headers::put);
    HeaderSanitizer.copy(thrown.headers(), headers);
    return new HttpDenial(
        thrown.status(), Collections.unmodifiableMap(headers), HttpDenial.body(thrown));
  }

  private boolean isFailure(ConnectionThrottledException thrown) {
    for (ThrottleOutcome outcome : outcomes) {
      if (outcome.isFailure(thrown)) {
        return true;
      }
    }
    return false;
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
    writeHeaders(style, headers::put);
    headers.put("Retry-After", Long.toString(seconds));
    return new HttpDenial(
        HttpDenial.SERVICE_UNAVAILABLE,
        Collections.unmodifiableMap(headers),
        HttpDenial.unavailableBody(seconds));
  }
}
