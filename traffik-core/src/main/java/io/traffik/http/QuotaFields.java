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

  /** A rate under its name. */
  private record Policy(String name, Rate rate) {}

  /** The items that describe rates. Most of their text does not change. */
  private static final DirectMappedCache<Policy, PolicyItem> ITEMS = new DirectMappedCache<>();

  /**
   * What the items of one rate have in common.
   *
   * @param name quoted
   * @param policy the item of {@code RateLimit-Policy}
   */
  private record PolicyItem(String name, String policy) {

    static PolicyItem of(Policy policy) {
      String name = quoted(policy.name);
      Rate rate = policy.rate;
      long tokens = Math.min(MAX_INTEGER, rate.capacity());
      return new PolicyItem(name, name + ";q=" + tokens + ";w=" + windowSeconds(rate));
    }

    String state(Quota quota) {
      long tokens = Math.min(MAX_INTEGER, quota.remaining());
      return name + ";r=" + tokens + ";t=" + quota.resetAfterSeconds();
    }
  }

  static QuotaFields of(Collection<Decision> decisions) {
    String policies = "";
    String states = "";
    Quota tightest = null;
    for (Decision decision : decisions) {
      for (Quota quota : decision.quotas()) {
        PolicyItem item = ITEMS.get(new Policy(quota.name(), quota.rate()), PolicyItem::of);
        boolean first = tightest == null;
        policies = first ? item.policy : policies + ", " + item.policy;
        states = first ? item.state(quota) : states + ", " + item.state(quota);
        if (tightest == null || quota.remaining() < tightest.remaining()) {
          tightest = quota;
        }
      }
    }
    return new QuotaFields(policies, states, tightest);
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

  private static String quoted(String name) {
    StringBuilder text = new StringBuilder().append('"');
    for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
      if (b == '"' || b == '\\') {
        text.append('\\').append((char) b);
      } else if (b < ' ' || b > '~' || b == '%') {
        // RFC 9651 strings are printable ASCII. Encoding the percent sign keeps names distinct.
        text.append(String.format("%%%02X", b));
      } else {
        text.append((char) b);
      }
    }
    return text.append('"').toString();
  }
}
