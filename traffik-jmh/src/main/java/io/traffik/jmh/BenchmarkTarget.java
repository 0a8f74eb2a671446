package io.traffik.jmh;

/**
 * A contender under measurement, all its clients known, and the answer that every hit must get from
 * now on.
 */
final class BenchmarkTarget {

  static final String ALLOWED = "allowed";
  static final String DENIED = "denied";

  private final Limiter limiter;
  private final boolean allows;

  private BenchmarkTarget(Limiter limiter, boolean allows) {
    this.limiter = limiter;
    this.allows = allows;
  }

  /** A contender with clients 0 to {@code clients} − 1 admitted. */
  static BenchmarkTarget of(String contender, String answer, int clients) {
    boolean allows = allows(answer);
    Limiter limiter = Contenders.make(contender, allows ? Limit.PLENTY : Limit.SCARCE, clients);
    for (int client = 0; client < clients; client++) {
      limiter.admit(Identities.of(client));
    }
    return holding(limiter, allows, clients);
  }

  /**
   * A contender that must hold a number of clients before it is measured, or hardly less: an
   * unkeyed hash lets some share a bucket, and a bound that is parted evicts some early.
   */
  static BenchmarkTarget holding(Limiter limiter, boolean allows, long clients) {
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
  boolean hit(String identity, Verdicts verdicts) {
    boolean allowed = limiter.hit(identity);
    if (allowed != allows) {
      verdicts.countWrong();
    }
    return allowed;
  }
}
