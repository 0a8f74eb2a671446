package io.traffik.tck.backend;

import io.traffik.Backend.Operation;

/**
 * A denial, and the instant at which the backend says that it ends. The check repeats the call
 * before and after that instant, and computes nothing itself.
 *
 * @param patience the patience of the hit in nanoseconds
 * @param waitNanos the wait that the denial named
 */
record DenialExpiry(
    BucketOracle client,
    long cost,
    long patience,
    TestTime time,
    long waitNanos,
    long notBefore,
    long notAfter) {

  /** Peeks at a cost that must be denied now. */
  static DenialExpiry of(BucketOracle client, long cost, TestTime time) {
    return of(Operation.PEEK, client, cost, 0, time);
  }

  /** Hits at a cost that must be denied now. The denial writes the speed of the hit's rate. */
  static DenialExpiry ofHit(BucketOracle client, long cost, long patience, TestTime time) {
    return of(Operation.HIT, client, cost, patience, time);
  }

  private static DenialExpiry of(
      Operation operation, BucketOracle client, long cost, long patience, TestTime time) {
    long before = time.now();
    long[] margins = client.call(operation, cost, patience, EntryPoint.DECIDE);
    long after = time.now();
    long waitNanos = Math.max(0, BucketOracle.waitNanos(margins) - patience);
    return new DenialExpiry(
        client, cost, patience, time, waitNanos, before + waitNanos, after + waitNanos);
  }

  /** Waits until the denial must have ended. */
  void await() {
    time.elapse(Math.max(0, notAfter - time.now()) + time.drift(waitNanos));
  }

  void assertEndsOnTime() {
    if (waitNanos == 0) {
      // In real time the cost may have refilled already; the oracle has checked that.
      return;
    }
    long deniedAt = notBefore - waitNanos;
    for (long earlier : new long[] {waitNanos / 3, waitNanos - waitNanos / 8, waitNanos - 1}) {
      long steps = Math.max(0, deniedAt + earlier - time.now()) / time.clockResolution();
      time.elapse(steps * time.clockResolution());
      check();
    }
    time.elapse(Math.max(0, notAfter - time.now()));
    check();
    await();
    Assert.granted(
        client.hit(cost, patience),
        "a hit that was denied for " + FailureText.time(waitNanos) + " and repeated afterwards");
  }

  private void check() {
    long drift = time.drift(waitNanos);
    long before = time.now();
    long[] margins = client.call(Operation.PEEK, cost, patience, EntryPoint.DECIDE);
    boolean granted = client.backendCall(Operation.PEEK, cost, patience).isGranted(margins);
    long after = time.now();
    Assert.that(
        granted || before < notAfter + drift,
        () ->
            "a denial for "
                + FailureText.time(waitNanos)
                + " had not ended after "
                + elapsed(before));
    Assert.that(
        !granted || after >= notBefore - drift,
        () ->
            "a denial for "
                + FailureText.time(waitNanos)
                + " had already ended after "
                + elapsed(after));
  }

  private String elapsed(long instant) {
    return FailureText.time(instant - (notBefore - waitNanos));
  }
}
