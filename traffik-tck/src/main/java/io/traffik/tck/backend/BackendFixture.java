package io.traffik.tck.backend;

import io.traffik.Backend;
import io.traffik.ConfigurationException;
import io.traffik.Rate;
import io.traffik.spi.QuotaPolicy;
import io.traffik.tck.ManualClock;
import io.traffik.tck.junit.Fixture;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** What a rule needs to judge a backend: fresh backends, their time, and accounts in them. */
final class BackendFixture implements Fixture {

  private static final Duration COARSEST = Duration.ofMillis(1);
  private static final Duration YEAR = Duration.ofDays(365);

  private final BackendContract contract;
  private final TestTime time;
  private final long seed;
  private final String prefix =
      "tck_" + Long.toHexString(ThreadLocalRandom.current().nextLong() >>> 1) + "_";
  private final List<Backend> backends = new ArrayList<>();
  private @Nullable Backend sharedBackend;
  private int names;
  private String name;

  BackendFixture(BackendContract contract, long seed) {
    this.contract = contract;
    this.seed = seed;
    this.name = contract.getClass().getSimpleName();
    ManualClock clock = contract.clock();
    long clockResolution = grainNanos(contract.clockResolution());
    this.time =
        clock == null ? new RealTime(clockResolution) : new SimulatedTime(clock, clockResolution);
  }

  private static long grainNanos(Duration clockResolution) {
    if (clockResolution.isNegative() || clockResolution.compareTo(COARSEST) > 0) {
      throw new ConfigurationException(
          "grain() must be from 0 to " + COARSEST + ": " + clockResolution);
    }
    return clockResolution.toNanos();
  }

  TestTime time() {
    return time;
  }

  long seed() {
    return seed;
  }

  boolean sharesBuckets() {
    return contract.sharesBuckets();
  }

  @Nullable Runnable stall() {
    return contract.stall();
  }

  /** A name that no store has seen, not even in an earlier run. */
  String freshNamespace() {
    return prefix + names++;
  }

  /** A backend without any bucket. */
  Backend backend() {
    return backend(freshNamespace());
  }

  Backend backend(String namespace) {
    Backend backend = contract.backend(namespace);
    backends.add(backend);
    name = backend.getClass().getSimpleName();
    return backend;
  }

  /** The backend that stands while a test goes on. */
  Backend sharedBackend() {
    Backend made = sharedBackend;
    if (made == null) {
      made = backend();
      sharedBackend = made;
    }
    return made;
  }

  /** The name of a client that no backend has heard of. */
  String freshClient() {
    return "client " + names++;
  }

  /** So many backends of one namespace if they share buckets, else one. */
  List<Backend> backends(int count) {
    String namespace = freshNamespace();
    List<Backend> sharing = new ArrayList<>();
    do {
      sharing.add(backend(namespace));
    } while (sharing.size() < count && sharesBuckets());
    return sharing;
  }

  /** A client without any bucket, in a fresh backend. */
  BucketOracle client(Rate... rates) {
    return client(backend(), rates);
  }

  BucketOracle client(Backend backend, Rate... rates) {
    return new BucketOracle(backend, time, policy(rates), "client");
  }

  static QuotaPolicy policy(Rate... rates) {
    return QuotaPolicy.of("api", List.of(rates));
  }

  /** A rate of which nothing refills while a test runs, in any kind of time. */
  static Rate slow(long capacity) {
    return Rate.of(capacity, YEAR);
  }

  @Override
  public String subject() {
    return name;
  }

  /** Leaves nothing of a backend behind. */
  void dispose(Backend backend) {
    backends.remove(backend);
    clear(backend);
  }

  /** Leaves nothing behind in a store, and nothing open. */
  @Override
  public void close() {
    time.stopDelays();
    backends.forEach(BackendFixture::clear);
  }

  private static void clear(Backend backend) {
    try (backend) {
      backend.reset();
    } catch (RuntimeException e) {
      // Closed by the test itself, or broken: resetting and closing have tests of their own.
      return;
    }
  }
}
