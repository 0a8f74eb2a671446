package io.traffik.http;

import io.traffik.Decision;
import io.traffik.Decision.Quota;
import io.traffik.Rate;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Map;

/**
 * The response header fields that report quotas to clients.
 *
 * <p>{@link #STANDARD} follows draft-ietf-httpapi-ratelimit-headers-11: {@code RateLimit-Policy}
 * and {@code RateLimit} are RFC 9651 lists with one item per rate. {@code "api";q=100;w=60} means
 * that the bucket holds 100 tokens and fills in 60 seconds. {@code "api";r=0;t=30} means that no
 * token is left and that the bucket is full in 30 seconds. Seconds are rounded up. Values contain
 * configuration and counts only, never client input.
 */
public enum RateLimitHeaders {
  /** {@code RateLimit-Policy} and {@code RateLimit}. */
  STANDARD(true, false),
  /**
   * {@code X-RateLimit-Limit}, {@code X-RateLimit-Remaining} and {@code X-RateLimit-Reset} (seconds
   * until full), for the rate with the fewest tokens left.
   */
  LEGACY(false, true),
  /** The fields of {@link #STANDARD} and {@link #LEGACY}. */
  BOTH(true, true),
  /** No quota fields. A denial still has {@code Retry-After} if it states a time to retry. */
  NONE(false, false);

  /** The largest integer of RFC 9651, section 3.3.1. */
  private static final long MAX_INTEGER = 999_999_999_999_999L;

  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  private final boolean standard;
  private final boolean legacy;

  RateLimitHeaders(boolean standard, boolean legacy) {
    this.standard = standard;
    this.legacy = legacy;
  }

  void write(Collection<Decision> decisions, Map<String, String> headers) {
    StringBuilder policies = new StringBuilder();
    StringBuilder states = new StringBuilder();
    Quota tightest = null;
    for (Decision decision : decisions) {
      for (Quota quota : decision.quotas()) {
        appendPolicy(policies, quota);
        appendState(states, quota);
        if (tightest == null || quota.remaining() < tightest.remaining()) {
          tightest = quota;
        }
      }
    }
    if (tightest == null) {
      return;
    }
    if (standard) {
      headers.put("RateLimit-Policy", policies.toString());
      headers.put("RateLimit", states.toString());
    }
    if (legacy) {
      headers.put("X-RateLimit-Limit", Long.toString(tightest.rate().capacity()));
      headers.put("X-RateLimit-Remaining", Long.toString(tightest.remaining()));
      headers.put("X-RateLimit-Reset", Long.toString(tightest.resetAfterSeconds()));
    }
  }

  private static void appendPolicy(StringBuilder list, Quota quota) {
    Rate rate = quota.rate();
    appendName(list, quota.name());
    list.append(";q=").append(Math.min(MAX_INTEGER, rate.capacity()));
    list.append(";w=").append(windowSeconds(rate));
  }

  /** Computed from the configured limit and period, since the time per token is rounded. */
  private static long windowSeconds(Rate rate) {
    if (rate.capacity() == rate.limit()) {
      return rate.period().plusNanos(NANOS_PER_SECOND - 1).toSeconds();
    }
    // The period may exceed the nanoseconds of a long, if the capacity is below the limit.
    BigInteger second = BigInteger.valueOf(NANOS_PER_SECOND);
    BigInteger nanos =
        BigInteger.valueOf(rate.period().toSeconds())
            .multiply(second)
            .add(BigInteger.valueOf(rate.period().toNanosPart()))
            .multiply(BigInteger.valueOf(rate.capacity()));
    BigInteger perSecond = BigInteger.valueOf(rate.limit()).multiply(second);
    return nanos.add(perSecond).subtract(BigInteger.ONE).divide(perSecond).longValueExact();
  }

  private static void appendState(StringBuilder list, Quota quota) {
    appendName(list, quota.name());
    list.append(";r=").append(Math.min(MAX_INTEGER, quota.remaining()));
    list.append(";t=").append(quota.resetAfterSeconds());
  }

  private static void appendName(StringBuilder list, String name) {
    if (!list.isEmpty()) {
      list.append(", ");
    }
    list.append('"');
    for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
      if (b == '"' || b == '\\') {
        list.append('\\').append((char) b);
      } else if (b < ' ' || b > '~' || b == '%') {
        // RFC 9651 strings are printable ASCII. Encoding the percent sign keeps names distinct.
        list.append(String.format("%%%02X", b));
      } else {
        list.append((char) b);
      }
    }
    list.append('"');
  }
}
