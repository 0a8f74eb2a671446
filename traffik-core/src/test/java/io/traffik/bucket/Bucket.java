package io.traffik.bucket;

import io.traffik.Backend.Operation;
import io.traffik.Rate;

/** A bucket under test: the functions of {@link TokenBucket} applied to one stored instant. */
final class Bucket {

  private long fullAt = TokenBucket.FULL;

  long decide(Operation operation, long now, Rate rate, long cost) {
    fullAt = TokenBucket.carried(fullAt, now, rate);
    if (operation == Operation.REFUND) {
      fullAt = TokenBucket.afterRefund(fullAt, now, rate, cost);
      return TokenBucket.margin(fullAt, now, rate, 0);
    }
    long margin = TokenBucket.margin(fullAt, now, rate, cost);
    if (operation == Operation.HIT && margin >= 0) {
      fullAt = TokenBucket.afterHit(fullAt, rate, cost);
    }
    return margin;
  }

  boolean hit(long now, Rate rate, long cost) {
    return decide(Operation.HIT, now, rate, cost) >= 0;
  }

  long peek(long now, Rate rate, long cost) {
    return TokenBucket.margin(TokenBucket.carried(fullAt, now, rate), now, rate, cost);
  }
}
