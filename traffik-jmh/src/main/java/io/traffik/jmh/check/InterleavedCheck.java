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
 * Measures in turns, within one process, what the benchmarks measure in processes that are minutes
 * apart, in which the machine may have become faster or slower: what the whole path takes over the
 * store, and a denied hit beside an allowed one.
 *
 * <pre>
 * java -Xms2g -Xmx2g -cp benchmarks.jar io.traffik.jmh.check.InterleavedCheck [results.json]
 * </pre>
 *
 * <p>Each turn measures all, and gives a difference or a ratio; the median of the turns counts. By
 * one thread, for a processor beside a busy one is another machine.
 */
public final class InterleavedCheck {

  private static final int ROUNDS = 41;
  private static final int WARM_UP = 8;
  private static final int HITS = 1 << 18;
  private static final int PATH_CLIENTS = 1_024;

  /**
   * What was found.
   *
   * @param allowedPath nanoseconds of the whole path over the store's for an allowed hit
   * @param deniedPath the same for a denied hit
   * @param denied100k how many times an allowed hit's time a denied one takes, of 100,000 clients
   * @param denied1m the same of a million clients
   */
  public record Result(double allowedPath, double deniedPath, double denied100k, double denied1m) {}

  /** One store, all of whose hits are allowed, or all denied. */
  private static final class StoreFixture {

    private final boolean allows;
    private final InMemoryBackend store;
    private final QuotaPolicy policy;
    private final Throttle throttle;
    private final long half;
    private final FixedConnection[] views = new FixedConnection[PATH_CLIENTS];
    private int next;

    private StoreFixture(boolean allows, int clients) {
      this.allows = allows;
      BenchmarkLimit limit = allows ? BenchmarkLimit.ALWAYS_ALLOWED : BenchmarkLimit.ALLOWED_ONCE;
      Rate rate = TraffikLimiter.rate(limit);
      // Twice: some give way before all are there, for what stripes have to themselves.
      this.store = InMemoryBackend.builder("turns").maxKeys(2L * clients).build();
      this.policy = QuotaPolicy.of("bare", List.of(rate));
      this.throttle = Throttle.builder("whole").rate(rate).backend(store).build();
      this.half = (limit.capacity() + 1) / 2;
    }

    /** Connections that come by {@link #hitStore} and {@link #hitThrottle}. */
    static StoreFixture ofConnections(boolean allows) {
      StoreFixture side = new StoreFixture(allows, 2 * PATH_CLIENTS);
      for (int i = 0; i < PATH_CLIENTS; i++) {
        side.views[i] = new FixedConnection(ClientIdentities.address(i));
        side.hit(side.views[i].remoteAddress(), side.half);
        side.throttle.hit(side.views[i], side.half);
      }
      return side;
    }

    /** Clients that come by {@link #hitOneOf}. */
    static StoreFixture ofClients(boolean allows, int clients) {
      StoreFixture side = new StoreFixture(allows, clients);
      for (int i = 0; i < clients; i++) {
        side.hit(ClientIdentities.of(i), side.half);
      }
      return side;
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

    /** Nanoseconds per hit. */
    double measure(int hits, BooleanSupplier hit) {
      int allowed = 0;
      long start = System.nanoTime();
      for (int i = 0; i < hits; i++) {
        allowed += hit.getAsBoolean() ? 1 : 0;
      }
      double nanos = (double) (System.nanoTime() - start) / hits;
      if (allowed != (allows ? hits : 0)) {
        throw new IllegalStateException(allowed + " of " + hits + " hits were allowed");
      }
      return nanos;
    }
  }

  private InterleavedCheck() {}

  /**
   * Measures, prints what was found, and writes it.
   *
   * @param arguments optionally the file to write
   */
  public static void main(String[] arguments) throws Exception {
    Result findings = measure(ROUNDS, HITS, 100_000, 1_000_000);
    System.out.println(inWords(findings));
    if (arguments.length > 0) {
      new ObjectMapper().writeValue(Path.of(arguments[0]).toFile(), findings);
    }
  }

  public static String inWords(Result findings) {
    return String.format(
        Locale.ROOT,
        "whole path over the store: allowed %.1f ns, denied %.1f ns; denied hits take %.2f times"
            + " an allowed one's time with 100 000 keys, %.2f times with 1 000 000",
        findings.allowedPath,
        findings.deniedPath,
        findings.denied100k,
        findings.denied1m);
  }

  public static Result measure(int rounds, int hits, int fewClients, int manyClients) {
    StoreFixture allowing = StoreFixture.ofConnections(true);
    StoreFixture denying = StoreFixture.ofConnections(false);
    // Both before either counts: what was compiled for one answer alone is quicker than what has
    // met both, so that whichever came first would seem to be the quicker one.
    path(allowing, 1, hits);
    path(denying, 1, hits);
    return new Result(
        path(allowing, rounds, hits),
        path(denying, rounds, hits),
        denied(fewClients, rounds, hits),
        denied(manyClients, rounds, hits));
  }

  private static double path(StoreFixture side, int rounds, int hits) {
    return median(
        rounds,
        () -> side.measure(hits, side::hitThrottle),
        () -> side.measure(hits, side::hitStore),
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

  private static double median(
      int rounds, DoubleSupplier one, DoubleSupplier other, DoubleBinaryOperator comparing) {
    double[] found = new double[rounds];
    for (int i = -Math.min(WARM_UP, rounds); i < rounds; i++) {
      // In turn first and second: what the first left in the caches helps the second.
      boolean oneFirst = i % 2 == 0;
      double first = (oneFirst ? one : other).getAsDouble();
      double second = (oneFirst ? other : one).getAsDouble();
      found[Math.max(i, 0)] =
          comparing.applyAsDouble(oneFirst ? first : second, oneFirst ? second : first);
    }
    Arrays.sort(found);
    return found[rounds / 2];
  }
}
