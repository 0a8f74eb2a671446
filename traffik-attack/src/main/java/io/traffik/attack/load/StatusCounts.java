package io.traffik.attack.load;

/** The answers to a client, by status code. Not thread-safe. */
public final class StatusCounts {

  public static final int OK = 200;
  public static final int DENIED = 429;
  public static final int OVERLOADED = 503;

  private static final int CODES = 1_000;

  private final long[] counts = new long[CODES];

  /** Counts an answer. */
  public void add(int status) {
    counts[status]++;
  }

  /** Adds the counts of another client. */
  public StatusCounts add(StatusCounts other) {
    for (int status = 0; status < CODES; status++) {
      counts[status] += other.counts[status];
    }
    return this;
  }

  /** Returns the answers with a status code, from 0 to 999. */
  public long of(int status) {
    return counts[status];
  }

  /** Returns all answers. */
  public long total() {
    long total = 0;
    for (long count : counts) {
      total += count;
    }
    return total;
  }
}
