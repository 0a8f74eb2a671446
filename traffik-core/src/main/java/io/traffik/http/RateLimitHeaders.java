package io.traffik.http;

import io.traffik.Decision;
import io.traffik.Decision.Quota;
import io.traffik.Rate;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;

/**
 * The response header fields that tell clients of their quotas.
 *
 * <p>{@link #STANDARD} are {@code RateLimit-Policy} and {@code RateLimit} as
 * draft-ietf-httpapi-ratelimit-headers-11 defines them, RFC 9651 lists with one item per rate:
 * {@code "api";q=100;w=60} says that the bucket holds 100 and fills in 60 seconds, {@code
 * "api";r=0;t=30} that none are left and that it is full in 30. Seconds are rounded up. Values come
 * from configuration and counts alone, never from the client.
 */
public enum RateLimitHeaders {
  /** {@code RateLimit-Policy} and {@code RateLimit}. */
  STANDARD(true, false),
  /**
   * {@code X-RateLimit-Limit}, {@code -Remaining} and {@code -Reset} (seconds until full), of the
   * rate with the fewest tokens left.
   */
  LEGACY(false, true),
  /** Those of {@link #STANDARD} and {@link #LEGACY}. */
  BOTH(true, true),
  /** None. A denial still says {@code Retry-After}. */
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

  void write(Collection<Decision> decisions, Map<String, String> fields) {
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
      fields.put("RateLimit-Policy", policies.toString());
      fields.put("RateLimit", states.toString());
    }
    if (legacy) {
      fields.put("X-RateLimit-Limit", Long.toString(tightest.rate().capacity()));
      fields.put("X-RateLimit-Remaining", Long.toString(tightest.remaining()));
      fields.put("X-RateLimit-Reset", Long.toString(seconds(tightest.resetAfter())));
    }
  }

  private static void appendPolicy(StringBuilder list, Quota quota) {
    Rate rate = quota.rate();
    appendName(list, quota.name());
    list.append(";q=").append(Math.min(MAX_INTEGER, rate.capacity()));
    list.append(";w=").append(windowSeconds(rate));
  }

  /** Of the rate as it was asked for, not as it is kept: that is rounded to the nanosecond. */
  private static long windowSeconds(Rate rate) {
    if (rate.capacity() == rate.limit()) {
      return seconds(rate.period());
    }
    BigInteger nanos =
        BigInteger.valueOf(rate.period().toNanos()).multiply(BigInteger.valueOf(rate.capacity()));
    BigInteger perSecond =
        BigInteger.valueOf(rate.limit()).multiply(BigInteger.valueOf(NANOS_PER_SECOND));
    return nanos.add(perSecond).subtract(BigInteger.ONE).divide(perSecond).longValueExact();
  }

  private static void appendState(StringBuilder list, Quota quota) {
    appendName(list, quota.name());
    list.append(";r=").append(Math.min(MAX_INTEGER, quota.remaining()));
    list.append(";t=").append(seconds(quota.resetAfter()));
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
        // A String of RFC 9651 holds printable ASCII only; the percent sign keeps names apart.
        list.append(String.format("%%%02X", b));
      } else {
        list.append((char) b);
      }
    }
    list.append('"');
  }

  private static long seconds(Duration duration) {
    return duration.isZero() ? 0 : (duration.toNanos() - 1) / NANOS_PER_SECOND + 1;
  }
}
