package io.traffik.tck.backend;

import io.traffik.Rate;

/**
 * The margins that a correct backend may return, in nanoseconds.
 *
 * @param min the smallest margin
 * @param max the largest margin; equal to the smallest if time and arithmetic are exact
 */
record MarginRange(long min, long max) {

  boolean contains(long margin) {
    return min <= margin && margin <= max;
  }

  String describe(Rate rate) {
    return min == max
        ? FailureText.margin(max, rate)
        : "from " + FailureText.margin(min, rate) + " to " + FailureText.margin(max, rate);
  }
}
