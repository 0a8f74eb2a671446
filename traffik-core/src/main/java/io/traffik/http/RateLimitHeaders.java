package io.traffik.http;

import io.traffik.Decision.Quota;
import java.util.function.BiConsumer;

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

  private final boolean standard;
  private final boolean legacy;

  RateLimitHeaders(boolean standard, boolean legacy) {
    this.standard = standard;
    this.legacy = legacy;
  }

  void write(QuotaFields fields, BiConsumer<? super String, ? super String> writer) {
    Quota tightest = fields.tightest();
    if (tightest == null) {
      return;
    }
    if (standard) {
      writer.accept("RateLimit-Policy", fields.policies());
      writer.accept("RateLimit", fields.states());
    }
    if (legacy) {
      writer.accept("X-RateLimit-Limit", Long.toString(tightest.rate().capacity()));
      writer.accept("X-RateLimit-Remaining", Long.toString(tightest.remaining()));
      writer.accept("X-RateLimit-Reset", Long.toString(tightest.resetAfterSeconds()));
    }
  }
}
