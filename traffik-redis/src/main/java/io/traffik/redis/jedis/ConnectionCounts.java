package io.traffik.redis.jedis;

/**
 * How many connections to one server there are at most, and how many calls of each kind use them at
 * a time. The kinds share connections only if there are fewer than three.
 *
 * @param total all connections for decisions
 * @param blocking for blocking decisions
 * @param blockingBatches for batches whose caller waits, which other threads send
 * @param asynchronous for asynchronous decisions; fewer, because a batch needs only one
 */
public record ConnectionCounts(int total, int blocking, int blockingBatches, int asynchronous) {

  /** The largest number of connections, and the default. */
  public static final int MAX = FairLine.MAX_CONNECTIONS;

  /**
   * Divides connections: one eighth for batches whose caller waits, a quarter for asynchronous
   * calls, and the others for blocking calls, but at least one for each.
   *
   * @param total from 1 to {@value #MAX}
   */
  public static ConnectionCounts of(int total) {
    int batches = Math.max(1, total / 8);
    int asynchronous = Math.max(1, total / 4);
    return new ConnectionCounts(
        total, Math.max(1, total - batches - asynchronous), batches, asynchronous);
  }
}
