package io.traffik.http;

import io.traffik.ConnectionThrottledException;
import io.traffik.Decision;
import io.traffik.Decision.Quota;
import io.traffik.Rate;
import java.util.Collection;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The latest responses to denials, since clients that keep asking get equal ones for a second.
 * Bounded; a response replaces another one whose key has the same slot. Thread-safe.
 */
final class DenialCache {

  private static final int SIZE = 256;

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

  private record Entry(Key key, HttpDenial denial) {}

  private final AtomicReferenceArray<@Nullable Entry> entries = new AtomicReferenceArray<>(SIZE);

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
    if (key == null) {
      return builder.get();
    }
    int hash = key.hashCode();
    int slot = (hash ^ hash >>> 16) & SIZE - 1;
    Entry entry = entries.getPlain(slot);
    if (entry == null || !entry.key.equals(key)) {
      entry = new Entry(key, builder.get());
      entries.set(slot, entry);
    }
    return entry.denial;
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
