package io.traffik.tck.backend;

/**
 * The decisions that a correct backend may make about a call, for all rates together. In simulated
 * time both values are equal.
 *
 * @param mayGrant whether it may grant the call
 * @param mustGrant whether it must grant the call
 */
record Outcome(boolean mayGrant, boolean mustGrant) {

  static Outcome of(boolean granted) {
    return new Outcome(granted, granted);
  }
}
