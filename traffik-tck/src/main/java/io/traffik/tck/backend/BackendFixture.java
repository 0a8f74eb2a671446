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

/** Creates backends and clients for one test of a {@link BackendContract}. */
final class BackendFixture implements Fixture {

  private static final Duration MAX_RESOLUTION = Duration.ofMillis(1);
  private static final Duration YEAR = Duration.ofDays(365);

  private final BackendContract contract;
  private final TestTime time;
  private final long seed;
  private final String prefix =
      "tck_" + Long.toHexString(ThreadLocalRandom.current().nextLong() >>> 1) + "_";
  private final List<Backend> backends = new ArrayList<>();
  private @Nullable Backend sharedBackend;
  private int nextName;
  private String name;

  BackendFixture(BackendContract contract, long seed) {
    this.contract = contract;
    this.seed = seed;
    this.name = contract.getClass().getSimpleName();
    ManualClock clock = contract.clock();
    long clockResolution = resolutionNanos(contract.clockResolution());
    this.time =
        clock == null ? new RealTime(clockResolution) : new SimulatedTime(clock, clockResolution);
  }

  private static long resolutionNanos(Duration clockResolution) {
    if (clockResolution.isNegative() || clockResolution.compareTo(MAX_RESOLUTION) > 0) {
      throw new ConfigurationException(
          "clockResolution() must be from 0 to " + MAX_RESOLUTION + ": " + clockResolution);
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

  /** Whether the backend supports debt, by its own declaration. */
  boolean supportsDebt() {
    return backend().supportsDebt();
  }

  @Nullable Runnable stall() {
    return contract.stall();
  }

  /** A namespace that is unique, even across runs. */
  String freshNamespace() {
    return prefix + nextName++;
  }

  /** Creates a backend with a new namespace. */
  Backend backend() {
    return backend(freshNamespace());
  }

  Backend backend(String namespace) {
    Backend backend = contract.backend(namespace);
    backends.add(backend);
    name = backend.getClass().getSimpleName();
    return backend;
  }

  /** The one backend that all histories of a test in real time share. */
  Backend sharedBackend() {
    Backend backend = sharedBackend;
    if (backend == null) {
      backend = backend();
      sharedBackend = backend;
    }
    return backend;
  }

  /** A client name that is unique within the test. */
  String freshClient() {
    return "client " + nextName++;
  }

  /** Creates backends of one namespace: this many if they share buckets, otherwise one. */
  List<Backend> backends(int count) {
    String namespace = freshNamespace();
    List<Backend> created = new ArrayList<>();
    do {
      created.add(backend(namespace));
    } while (created.size() < count && sharesBuckets());
    return created;
  }

  /** Creates a client with full buckets in a new backend. */
  BucketOracle client(Rate... rates) {
    return client(backend(), rates);
  }

  BucketOracle client(Backend backend, Rate... rates) {
    return new BucketOracle(backend, time, policy(rates), "client");
  }

  static QuotaPolicy policy(Rate... rates) {
    return QuotaPolicy.of("api", List.of(rates));
  }

  /** A rate of one token, which refills in a duration. */
  static Rate oneToken(long nanos) {
    return Rate.of(1, Duration.ofNanos(nanos));
  }

  /** A rate so slow that no token refills during a test, even in real time. */
  static Rate slow(long capacity) {
    return Rate.of(capacity, YEAR);
  }

  @Override
  public String subject() {
    return name;
  }

  /** Resets and closes a backend before the end of the test. */
  void dispose(Backend backend) {
    backends.remove(backend);
    clear(backend);
  }

  /** Resets and closes all backends. */
  @Override
  public void close() {
    time.stopDelays();
    backends.forEach(BackendFixture::clear);
  }

  private static void clear(Backend backend) {
    try (backend) {
      backend.reset();
    } catch (RuntimeException e) {
      // The test has closed the backend, or reset fails; rules L2 and L3 have their own tests.
      return;
    }
  }
}
