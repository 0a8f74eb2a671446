package io.traffik.tck.backend;

import io.traffik.Backend.Operation;
import io.traffik.spi.Margin;

/**
 * A denial as it was given, to be held to its word: until which instant the same hit is denied.
 * What it says is compared with what comes, not with any arithmetic.
 */
record DenialExpiry(
    BucketOracle client, long cost, TestTime time, long term, long notBefore, long notAfter) {

  /** Asks for what must be denied now. */
  static DenialExpiry of(BucketOracle client, long cost, TestTime time) {
    long before = time.now();
    long[] margins = client.call(Operation.PEEK, cost);
    long after = time.now();
    long term = 0;
    for (long margin : margins) {
      term = Math.max(term, -margin);
    }
    return new DenialExpiry(client, cost, time, term, before + term, after + term);
  }

  /** Lets the time go by that this denial named. */
  void await() {
    time.elapse(Math.max(0, notAfter - time.now()) + time.drift(term));
  }

  void assertEndsOnTime() {
    if (term == 0) {
      // Granted, which the client's books have found to be right: real time went by.
      return;
    }
    long given = notBefore - term;
    for (long earlier : new long[] {term / 3, term - term / 8, term - 1}) {
      long steps = Math.max(0, given + earlier - time.now()) / time.clockResolution();
      time.elapse(steps * time.clockResolution());
      check();
    }
    time.elapse(Math.max(0, notAfter - time.now()));
    check();
    await();
    Assert.granted(
        client.hit(cost), "what was denied for " + FailureText.time(term) + ", after it,");
  }

  private void check() {
    long drift = time.drift(term);
    long before = time.now();
    boolean granted = Margin.areGranted(client.peek(cost));
    long after = time.now();
    Assert.that(
        granted || before < notAfter + drift,
        () -> "a denial for " + FailureText.time(term) + " had not ended" + later(before));
    Assert.that(
        !granted || after >= notBefore - drift,
        () -> "a denial for " + FailureText.time(term) + " had ended" + later(after));
  }

  private String later(long instant) {
    return ", " + FailureText.time(instant - (notBefore - term)) + " later";
  }
}
