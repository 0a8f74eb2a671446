package io.traffik.tck.backend;

import io.traffik.Rate;

/**
 * The margins that a right backend may answer with.
 *
 * @param least the smallest, in nanoseconds
 * @param most the largest; the same as the smallest where time and arithmetic are exact
 */
record MarginRange(long least, long most) {

  boolean contains(long margin) {
    return least <= margin && margin <= most;
  }

  boolean mustGrant() {
    return least >= 0;
  }

  boolean mustDeny() {
    return most < 0;
  }

  String describe(Rate rate) {
    return least == most
        ? FailureText.margin(most, rate)
        : "from " + FailureText.margin(least, rate) + " to " + FailureText.margin(most, rate);
  }
}
