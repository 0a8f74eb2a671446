package io.traffik.jmh.check;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.traffik.Backend.Operation;
import io.traffik.Rate;
import io.traffik.Throttle;
import io.traffik.jmh.contender.TraffikLimiter;
import io.traffik.jmh.workload.BenchmarkLimit;
import io.traffik.jmh.workload.ClientIdentities;
import io.traffik.jmh.workload.FixedConnection;
import io.traffik.jmh.workload.LogUniformClients;
import io.traffik.memory.InMemoryBackend;
import io.traffik.spi.QuotaPolicy;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.BooleanSupplier;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleSupplier;

/**
 * Measures two variants alternately within one process: a throttle's hit and the store's decision,
 * and denied and allowed hits. The JMH benchmarks measure them in processes that are minutes apart,
 * while the speed of the machine drifts.
 *
 * <pre>
 * java -Xms2g -Xmx2g -cp benchmarks.jar io.traffik.jmh.check.InterleavedCheck [results.json]
 * </pre>
 *
 * <p>Each round yields a difference or a ratio; the median of the rounds counts. The check uses one
 * thread, because a busy second processor changes the speed of the first.
 */
public final class InterleavedCheck {

  private static final int ROUNDS = 41;
  private static final int WARM_UP = 8;
  private static final int HITS = 1 << 18;
  private static final int PATH_CLIENTS = 1_024;

  /**
   * Results of the check.
   *
   * @param allowedPath nanoseconds that an allowed hit of a throttle takes beyond the store's
   *     decision
   * @param deniedPath the same for a denied hit
   * @param denied100k time of a denied hit divided by that of an allowed one, with 100,000 clients
   * @param denied1m the same with a million clients
   */
  public record Result(double allowedPath, double deniedPath, double denied100k, double denied1m) {}

  /** A store of which all hits are allowed, or all denied. */
  private static final class StoreFixture {

    private final boolean allows;
    private final InMemoryBackend store;
    private final QuotaPolicy policy;
    private final Throttle throttle;
    private final long halfCost;
    private final FixedConnection[] views = new FixedConnection[PATH_CLIENTS];
    private int next;

    private StoreFixture(boolean allows, int clients) {
      this.allows = allows;
      BenchmarkLimit limit = allows ? BenchmarkLimit.ALWAYS_ALLOWED : BenchmarkLimit.ALLOWED_ONCE;
      Rate rate = TraffikLimiter.rate(limit);
      // Twice the clients, because stripes reserve shares of the bound and evict early.
      this.store = InMemoryBackend.builder("interleaved").maxKeys(2L * clients).build();
      this.policy = QuotaPolicy.of("store", List.of(rate));
      this.throttle = Throttle.builder("throttle").rate(rate).backend(store).build();
      this.halfCost = (limit.capacity() + 1) / 2;
    }

    /** Creates connections for {@link #hitStore} and {@link #hitThrottle}. */
    static StoreFixture ofConnections(boolean allows) {
      StoreFixture fixture = new StoreFixture(allows, 2 * PATH_CLIENTS);
      for (int i = 0; i < PATH_CLIENTS; i++) {
        fixture.views[i] = new FixedConnection(ClientIdentities.address(i));
        fixture.hit(fixture.views[i].remoteAddress(), fixture.halfCost);
        fixture.throttle.hit(fixture.views[i], fixture.halfCost);
      }
      return fixture;
    }

    /** Creates clients for {@link #hitOneOf}. */
    static StoreFixture ofClients(boolean allows, int clients) {
      StoreFixture fixture = new StoreFixture(allows, clients);
      for (int i = 0; i < clients; i++) {
        fixture.hit(ClientIdentities.of(i), fixture.halfCost);
      }
      return fixture;
    }

    private boolean hit(String identity, long cost) {
      return store.decideSingle(Operation.HIT, policy, identity, TraffikLimiter.SCOPE, cost, 0)
          >= 0;
    }

    boolean hitStore() {
      return hit(views[next++ & (PATH_CLIENTS - 1)].remoteAddress(), 1);
    }

    boolean hitThrottle() {
      return throttle.hit(views[next++ & (PATH_CLIENTS - 1)]).allowed();
    }

    boolean hitOneOf(String[] draws) {
      return hit(draws[next++ & (draws.length - 1)], 1);
    }

    /** Returns nanoseconds per hit. */
    double measure(int hits, BooleanSupplier hit) {
      int allowed = 0;
      long start = System.nanoTime();
      for (int i = 0; i < hits; i++) {
        allowed += hit.getAsBoolean() ? 1 : 0;
      }
      double nanos = (double) (System.nanoTime() - start) / hits;
      if (allowed != (allows ? hits : 0)) {
        throw new IllegalStateException(
            "Unexpected answers: " + allowed + " of " + hits + " hits were allowed");
      }
      return nanos;
    }
  }

  private InterleavedCheck() {}

  /**
   * Runs the check, prints the result and writes it.
   *
   * @param arguments optionally the file to write
   */
  public static void main(String[] arguments) throws Exception {
    Result result = measure(ROUNDS, HITS, 100_000, 1_000_000);
    System.out.println(summary(result));
    if (arguments.length > 0) {
      new ObjectMapper().writeValue(Path.of(arguments[0]).toFile(), result);
    }
  }

  public static String summary(Result result) {
    return String.format(
        Locale.ROOT,
        "Throttle beyond the store: allowed %.1f ns, denied %.1f ns. Denied hits take %.2f times as long"
            + " as allowed ones with 100 000 keys, %.2f times with 1 000 000",
        result.allowedPath,
        result.deniedPath,
        result.denied100k,
        result.denied1m);
  }

  public static Result measure(int rounds, int hits, int fewClients, int manyClients) {
    StoreFixture allowing = StoreFixture.ofConnections(true);
    StoreFixture denying = StoreFixture.ofConnections(false);
    // Warm up both answers first: code compiled for one answer alone is faster, so the first
    // measured would seem faster.
    path(allowing, 1, hits);
    path(denying, 1, hits);
    return new Result(
        path(allowing, rounds, hits),
        path(denying, rounds, hits),
        denied(fewClients, rounds, hits),
        denied(manyClients, rounds, hits));
  }

  private static double path(StoreFixture fixture, int rounds, int hits) {
    return median(
        rounds,
        () -> fixture.measure(hits, fixture::hitThrottle),
        () -> fixture.measure(hits, fixture::hitStore),
        (path, store) -> path - store);
  }

  private static double denied(int clients, int rounds, int hits) {
    StoreFixture allowing = StoreFixture.ofClients(true, clients);
    StoreFixture denying = StoreFixture.ofClients(false, clients);
    String[] draws = LogUniformClients.draws(clients, clients);
    return median(
        rounds,
        () -> denying.measure(hits, () -> denying.hitOneOf(draws)),
        () -> allowing.measure(hits, () -> allowing.hitOneOf(draws)),
        (denied, allowed) -> denied / allowed);
  }

  /**
   * Measures two variants alternately, after some rounds of warm-up.
   *
   * @return the median of the compared rounds
   */
  static double median(
      int rounds, DoubleSupplier one, DoubleSupplier other, DoubleBinaryOperator comparing) {
    double[] compared = new double[rounds];
    for (int i = -Math.min(WARM_UP, rounds); i < rounds; i++) {
      // The order alternates, because the first variant warms the caches for the second.
      boolean oneFirst = i % 2 == 0;
      double first = (oneFirst ? one : other).getAsDouble();
      double second = (oneFirst ? other : one).getAsDouble();
      compared[Math.max(i, 0)] =
          comparing.applyAsDouble(oneFirst ? first : second, oneFirst ? second : first);
    }
    Arrays.sort(compared);
    return compared[rounds / 2];
  }
}
