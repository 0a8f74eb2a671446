package io.traffik.http;

import io.traffik.Decision;
import io.traffik.Decision.Quota;
import io.traffik.Rate;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * The values of the fields that report quotas.
 *
 * @param policies the value of {@code RateLimit-Policy}
 * @param states the value of {@code RateLimit}
 * @param tightest the quota with the fewest tokens left; null if there is nothing to report
 */
record QuotaFields(String policies, String states, @Nullable Quota tightest) {

  /** The largest integer of RFC 9651, section 3.3.1. */
  private static final long MAX_INTEGER = 999_999_999_999_999L;

  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  /** Characters that the list of two rates usually needs. */
  private static final int LIST_LENGTH = 64;

  static QuotaFields of(Collection<Decision> decisions) {
    StringBuilder policies = new StringBuilder(LIST_LENGTH);
    StringBuilder states = new StringBuilder(LIST_LENGTH);
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
    return new QuotaFields(policies.toString(), states.toString(), tightest);
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
    if (isPlain(name)) {
      list.append(name);
    } else {
      appendEncoded(list, name);
    }
    list.append('"');
  }

  private static boolean isPlain(String name) {
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (c < ' ' || c > '~' || c == '%' || c == '"' || c == '\\') {
        return false;
      }
    }
    return true;
  }

  private static void appendEncoded(StringBuilder list, String name) {
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
  }
}
