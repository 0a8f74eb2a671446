package io.traffik.jmh.workload;

import java.util.SplittableRandom;

/**
 * Who comes next, drawn beforehand: log-uniform, so that the client of rank r comes about in
 * proportion to 1/r, a few very often and most seldom.
 *
 * <p>Each draw is a string of its own, in the order in which it will be used: a request's identity
 * is in the cache when it is decided, and is never the very string that a map holds.
 */
public final class LogUniformClients {

  /** A power of two, and so many that the rarer clients of a million do not come round early. */
  public static final int DRAWS = 1 << 20;

  /** Prime and above any number of clients: spreads the popular over the order of admission. */
  private static final long STRIDE = 1_000_000_007L;

  private LogUniformClients() {}

  public static String[] draws(int clients, long seed) {
    return draws(clients, seed, DRAWS);
  }

  public static String[] draws(int clients, long seed, int count) {
    SplittableRandom random = new SplittableRandom(seed);
    double logarithm = Math.log(clients + 1.0);
    String[] draws = new String[count];
    for (int i = 0; i < count; i++) {
      long rank = (long) Math.exp(random.nextDouble() * logarithm) - 1;
      draws[i] = ClientIdentities.of(client(rank, clients));
    }
    return draws;
  }

  /** The client of a rank, from 0 for the most popular. */
  public static int client(long rank, int clients) {
    return (int) (Math.min(rank, clients - 1) * STRIDE % clients);
  }
}
