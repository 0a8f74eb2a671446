package io.traffik.jmh.workload;

/** A contender: decides whether a client may have one more token of its {@link BenchmarkLimit}. */
public interface Limiter {

  /** Takes a token of the client's if one is there; says whether it was. */
  boolean hit(String identity);

  /**
   * Makes a client known by taking half of its tokens (rounded up: of one token, that one) where
   * the contender can tell, so that it has a reason to remember the client.
   */
  void consumeHalf(String identity);

  /** How many clients are held. */
  long size();
}
