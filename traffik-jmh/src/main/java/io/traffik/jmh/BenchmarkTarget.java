package io.traffik.jmh;

import io.traffik.jmh.contender.Contenders;
import io.traffik.jmh.workload.BenchmarkLimit;
import io.traffik.jmh.workload.ClientIdentities;
import io.traffik.jmh.workload.Limiter;

/**
 * A contender under measurement, with all its clients known, and the answer that every hit must
 * get.
 */
public final class BenchmarkTarget {

  public static final String ALLOWED = "allowed";
  public static final String DENIED = "denied";

  private final Limiter limiter;
  private final boolean allows;

  private BenchmarkTarget(Limiter limiter, boolean allows) {
    this.limiter = limiter;
    this.allows = allows;
  }

  /** Creates a contender that holds clients 0 to {@code clients} − 1. */
  public static BenchmarkTarget of(String contender, String answer, int clients) {
    boolean allows = allows(answer);
    Limiter limiter =
        Contenders.create(
            contender,
            allows ? BenchmarkLimit.ALWAYS_ALLOWED : BenchmarkLimit.ALLOWED_ONCE,
            clients);
    for (int client = 0; client < clients; client++) {
      limiter.consumeHalf(ClientIdentities.of(client));
    }
    return holding(limiter, allows, clients);
  }

  /**
   * Wraps a contender that holds a number of clients. One per cent may be missing: clients share a
   * bucket where an unkeyed hash collides, and partitioned bounds evict early.
   */
  public static BenchmarkTarget holding(Limiter limiter, boolean allows, long clients) {
    long held = limiter.size();
    if (held < clients - clients / 100) {
      throw new IllegalStateException(
          "The contender must hold " + clients + " clients but holds " + held);
    }
    return new BenchmarkTarget(limiter, allows);
  }

  private static boolean allows(String answer) {
    return switch (answer) {
      case ALLOWED -> true;
      case DENIED -> false;
      default -> throw new IllegalArgumentException("Unknown answer: " + answer);
    };
  }

  /** Hits, and reports an unexpected answer to the thread's verifier. */
  public boolean hit(String identity, AnswerVerifier answers) {
    boolean allowed = limiter.hit(identity);
    if (allowed != allows) {
      answers.countUnexpected();
    }
    return allowed;
  }
}
