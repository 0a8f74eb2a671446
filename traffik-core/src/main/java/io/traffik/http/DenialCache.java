package io.traffik.http;

import io.traffik.ConnectionThrottledException;
import io.traffik.Decision;
import io.traffik.Decision.Quota;
import io.traffik.Rate;
import java.util.Collection;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The latest responses to denials: clients that keep asking get equal ones for a second. */
final class DenialCache {

  /**
   * All that the response to a denial of one rate consists of.
   *
   * @param policy the name of the rate
   * @param resetAfter in seconds
   * @param retryAfter in seconds
   */
  private record Key(
      String policy,
      Rate rate,
      long remaining,
      long resetAfter,
      long retryAfter,
      RateLimitHeaders style) {}

  private final DirectMappedCache<Key, HttpDenial> denials = new DirectMappedCache<>();

  /**
   * Returns a kept response, or builds it.
   *
   * @param decisions those to report
   */
  HttpDenial get(
      Collection<Decision> decisions,
      ConnectionThrottledException thrown,
      RateLimitHeaders style,
      Supplier<HttpDenial> builder) {
    Key key = key(decisions, thrown, style);
    return key == null ? builder.get() : denials.get(key, unknown -> builder.get());
  }

  /** Returns null if the response has more parts than a key. */
  private static @Nullable Key key(
      Collection<Decision> decisions, ConnectionThrottledException thrown, RateLimitHeaders style) {
    OptionalLong retryAfter = thrown.retryAfterSeconds();
    // A subclass may have another status.
    if (thrown.getClass() != ConnectionThrottledException.class
        || decisions.size() != 1
        || retryAfter.isEmpty()
        || thrown.headers().size() != 1) {
      return null;
    }
    List<Quota> quotas = decisions.iterator().next().quotas();
    boolean replaced =
        !Long.toString(retryAfter.getAsLong()).equals(thrown.headers().get("Retry-After"));
    if (quotas.size() != 1 || replaced) {
      return null;
    }
    Quota quota = quotas.get(0);
    return new Key(
        quota.name(),
        quota.rate(),
        quota.remaining(),
        quota.resetAfterSeconds(),
        retryAfter.getAsLong(),
        style);
  }
}
