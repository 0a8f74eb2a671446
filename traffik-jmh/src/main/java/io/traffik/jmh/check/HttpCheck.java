package io.traffik.jmh.check;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.traffik.jmh.check.HelloServer.Variant;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Measures how many requests a server answers per second without a throttle, with one that allows
 * them, and with one that denies them. The requests, the route and the handler are the same.
 *
 * <pre>
 * java -Xmx1g -cp benchmarks.jar io.traffik.jmh.check.HttpCheck [results.json]
 * </pre>
 *
 * <p>Ten runs of each variant take turns, in slices of 50 ms, and each turn yields two ratios. The
 * exit status is 1 if a median of the ratios is below its target.
 */
public final class HttpCheck {

  static final double DENIED_TARGET = 0.95;
  static final double ALLOWED_TARGET = 0.98;

  private static final int ROUNDS = 10;
  private static final int WARM_UP = 6;

  /** Slices of a run. */
  private static final int SLICES = 20;

  private static final long SLICE_NANOS = 50_000_000;
  private static final int CLIENTS = 2;

  /** Of each client; more do not raise the throughput. */
  private static final int CONNECTIONS = 32;

  /** The sum of the slices of a run. */
  private static final class RunTotal {
    private long requests;
    private long nanos;
    private long bytes;

    Run result() {
      return new Run(requests * 1e9 / nanos, (double) bytes / requests);
    }
  }

  /** What one run measured. */
  record Run(double requestsPerSecond, double bytesPerRequest) {}

  /**
   * The ratio of a variant's throughput to that without a throttle, and the bytes that it adds.
   *
   * @param ratio the median of the rounds
   * @param lowest the lowest ratio of a round
   * @param highest the highest ratio of a round
   * @param addedBytes the median of the bytes that a request allocates in addition
   */
  public record Comparison(double ratio, double lowest, double highest, double addedBytes) {

    static Comparison of(List<Run> plain, List<Run> throttled) {
      double[] ratios = new double[plain.size()];
      Arrays.setAll(
          ratios, n -> throttled.get(n).requestsPerSecond() / plain.get(n).requestsPerSecond());
      double[] bytes = new double[plain.size()];
      Arrays.setAll(
          bytes, n -> throttled.get(n).bytesPerRequest() - plain.get(n).bytesPerRequest());
      Arrays.sort(ratios);
      Arrays.sort(bytes);
      return new Comparison(median(ratios), ratios[0], ratios[ratios.length - 1], median(bytes));
    }
  }

  private static double median(double[] sorted) {
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  /**
   * The result of one server.
   *
   * @param plain requests per second without a throttle, the median
   */
  public record Result(double plain, Comparison allowed, Comparison denied) {

    boolean meetsTargets() {
      return denied.ratio >= DENIED_TARGET && allowed.ratio >= ALLOWED_TARGET;
    }
  }

  private final Map<Variant, HelloServer> servers = new EnumMap<>(Variant.class);
  private final Map<Variant, List<HelloClient>> clients = new EnumMap<>(Variant.class);
  private final ExecutorService threads = Executors.newFixedThreadPool(CLIENTS);

  private HttpCheck() {}

  /**
   * Runs the check, prints the results and writes them.
   *
   * @param arguments optionally the file to write
   */
  public static void main(String[] arguments) throws Exception {
    Map<String, Result> results = new LinkedHashMap<>();
    boolean met = true;
    for (HelloServer.Kind kind : HelloServer.Kind.values()) {
      Result result = measure(kind, WARM_UP, ROUNDS, SLICE_NANOS);
      results.put(kind.label, result);
      met &= result.meetsTargets();
      System.out.println(summary(kind.label, result));
    }
    if (arguments.length > 0) {
      new ObjectMapper().writeValue(Path.of(arguments[0]).toFile(), results);
    }
    System.exit(met ? 0 : 1);
  }

  static String summary(String server, Result result) {
    return String.format(
        Locale.ROOT,
        "%-15s %,8.0f requests/s without a throttle%n%s%n%s",
        server,
        result.plain,
        line("allowed", result.allowed, ALLOWED_TARGET),
        line("denied", result.denied, DENIED_TARGET));
  }

  private static String line(String variant, Comparison found, double target) {
    return String.format(
        Locale.ROOT,
        "  %-8s %.3f of it (%.3f to %.3f; target %.2f, %s), %,.0f bytes more per request",
        variant,
        found.ratio,
        found.lowest,
        found.highest,
        target,
        found.ratio >= target ? "met" : "missed",
        found.addedBytes);
  }

  static Result measure(HelloServer.Kind kind, int warmUp, int rounds, long sliceNanos)
      throws Exception {
    HttpCheck check = new HttpCheck();
    try {
      for (Variant variant : Variant.values()) {
        check.start(kind, variant);
      }
      return check.measure(warmUp, rounds, sliceNanos);
    } finally {
      check.close();
    }
  }

  private void start(HelloServer.Kind kind, Variant variant) throws Exception {
    HelloServer server = HelloServer.start(kind, variant);
    servers.put(variant, server);
    // The only request that a throttle of denied requests allows.
    new HelloClient(server.port(), 1).close();
    List<HelloClient> connected = new ArrayList<>();
    clients.put(variant, connected);
    for (int n = 0; n < CLIENTS; n++) {
      connected.add(new HelloClient(server.port(), CONNECTIONS));
    }
  }

  private void close() throws IOException {
    for (List<HelloClient> connected : clients.values()) {
      for (HelloClient client : connected) {
        client.close();
      }
    }
    servers.values().forEach(HelloServer::close);
    threads.shutdown();
  }

  private Result measure(int warmUp, int rounds, long sliceNanos) throws Exception {
    for (int n = 0; n < warmUp; n++) {
      round(sliceNanos);
    }
    Map<Variant, List<Run>> runs = new EnumMap<>(Variant.class);
    for (int n = 0; n < rounds; n++) {
      round(sliceNanos)
          .forEach(
              (variant, run) ->
                  runs.computeIfAbsent(variant, first -> new ArrayList<>()).add(run.result()));
    }
    List<Run> plain = of(runs, Variant.PLAIN);
    return new Result(
        median(plain.stream().mapToDouble(Run::requestsPerSecond).sorted().toArray()),
        Comparison.of(plain, of(runs, Variant.ALLOWED)),
        Comparison.of(plain, of(runs, Variant.DENIED)));
  }

  private static <V> V of(Map<Variant, V> map, Variant variant) {
    return Objects.requireNonNull(map.get(variant), "every variant has run");
  }

  /** Runs each variant once, in slices that take turns, since the speed of a machine drifts. */
  private Map<Variant, RunTotal> round(long sliceNanos) throws Exception {
    Map<Variant, RunTotal> totals = new EnumMap<>(Variant.class);
    Variant[] variants = Variant.values();
    for (int slice = 0; slice < SLICES; slice++) {
      for (int k = 0; k < variants.length; k++) {
        Variant variant = variants[(slice + k) % variants.length];
        runSlice(variant, sliceNanos, totals.computeIfAbsent(variant, first -> new RunTotal()));
      }
    }
    return totals;
  }

  private void runSlice(Variant variant, long nanos, RunTotal total) throws Exception {
    List<Callable<Long>> calls = new ArrayList<>();
    for (HelloClient client : of(clients, variant)) {
      calls.add(() -> client.run(nanos));
    }
    long allocated = allocatedBytes();
    long start = System.nanoTime();
    for (Future<Long> future : threads.invokeAll(calls)) {
      total.requests += future.get();
    }
    total.nanos += System.nanoTime() - start;
    total.bytes += allocatedBytes() - allocated;
  }

  /** The bytes that all live threads have allocated; the clients allocate next to nothing. */
  private static long allocatedBytes() {
    com.sun.management.ThreadMXBean threads =
        (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    long sum = 0;
    for (long bytes : threads.getThreadAllocatedBytes(threads.getAllThreadIds())) {
      sum += Math.max(0, bytes);
    }
    return sum;
  }
}
