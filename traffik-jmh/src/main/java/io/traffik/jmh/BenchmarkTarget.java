package io.traffik.jmh;

import io.traffik.jmh.contender.Contenders;
import io.traffik.jmh.workload.BenchmarkLimit;
import io.traffik.jmh.workload.ClientIdentities;
import io.traffik.jmh.workload.Limiter;

/**
 * A contender under measurement, all its clients known, and the answer that every hit must get from
 * now on.
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

  /** A contender with clients 0 to {@code clients} − 1 admitted. */
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
   * A contender that must hold a number of clients before it is measured, or hardly less: an
   * unkeyed hash lets some share a bucket, and a bound that is parted evicts some early.
   */
  public static BenchmarkTarget holding(Limiter limiter, boolean allows, long clients) {
    long held = limiter.size();
    if (held < clients - clients / 100) {
      throw new IllegalStateException(
          "must hold " + clients + " clients before it is measured: " + held);
    }
    return new BenchmarkTarget(limiter, allows);
  }

  private static boolean allows(String answer) {
    return switch (answer) {
      case ALLOWED -> true;
      case DENIED -> false;
      default -> throw new IllegalArgumentException("no such answer: " + answer);
    };
  }

  /** Hits; a wrong answer is told to the verdicts of the thread. */
  public boolean hit(String identity, AnswerVerifier answers) {
    boolean allowed = limiter.hit(identity);
    if (allowed != allows) {
      answers.countUnexpected();
    }
    return allowed;
  }
}
