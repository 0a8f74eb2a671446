package io.traffik.jmh.workload;

import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * A sequence of clients in which the client of rank r appears in proportion to 1/r (log-uniform):
 * few clients are frequent, most are rare.
 *
 * <p>The sequence is drawn before the measurement. Each element is a new string, as in a request,
 * and never the instance that a map holds.
 */
public final class LogUniformClients {

  /** Length of a sequence: a power of two, long enough that rare clients do not repeat early. */
  public static final int DRAWS = 1 << 20;

  /** A prime above any number of clients; it spreads popular clients over the insertion order. */
  private static final long STRIDE = 1_000_000_007L;

  private LogUniformClients() {}

  /** Draws a sequence of {@link #DRAWS} clients. */
  public static String[] draws(int clients, long seed) {
    return draws(clients, seed, DRAWS);
  }

  /** Draws a sequence of {@code count} clients. */
  public static String[] draws(int clients, long seed, int count) {
    return numbers(clients, seed, count).mapToObj(ClientIdentities::of).toArray(String[]::new);
  }

  /** Draws the numbers of {@code count} clients. */
  public static IntStream numbers(int clients, long seed, int count) {
    double logarithm = Math.log(clients + 1.0);
    return new SplittableRandom(seed)
        .doubles(count)
        .mapToInt(drawn -> client((long) Math.exp(drawn * logarithm) - 1, clients));
  }

  /** Returns the client of a rank; rank 0 is the most frequent one. */
  public static int client(long rank, int clients) {
    return (int) (Math.min(rank, clients - 1) * STRIDE % clients);
  }
}
