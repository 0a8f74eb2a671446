package io.traffik.jmh.workload;

/** A rate limiter under comparison, with one {@link BenchmarkLimit} for all clients. */
public interface Limiter {

  /**
   * Takes one token of a client if there is one.
   *
   * @return whether the token was taken
   */
  boolean hit(String identity);

  /**
   * Takes half of a client's tokens, rounded up, so that the limiter has to remember the client.
   * Limiters without a capacity take one token.
   */
  void consumeHalf(String identity);

  /** Returns the number of clients held. */
  long size();
}
