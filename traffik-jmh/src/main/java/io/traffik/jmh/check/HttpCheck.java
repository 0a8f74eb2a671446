package io.traffik.jmh.check;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.traffik.jmh.check.HelloServer.Variant;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Measures how many requests a server answers per second without a throttle, with one that allows
 * them, and with one that denies them. The requests, the route and the handler are the same. The
 * lower bounds are servers that send the same responses, but decide nothing.
 *
 * <pre>
 * java -Xmx1g -cp benchmarks.jar io.traffik.jmh.check.HttpCheck [results.json]
 * </pre>
 *
 * <p>Ten runs of each variant take turns, in slices of 30 ms, and each turn yields two ratios. The
 * exit status is 1 if a median of the ratios is below its target.
 */
public final class HttpCheck {

  private static final int ROUNDS = 10;
  private static final int WARM_UP = 6;

  /** Slices of a run. */
  private static final int SLICES = 20;

  private static final long SLICE_NANOS = 30_000_000;
  private static final int CLIENTS = 2;

  /** Of each client; more do not raise the throughput. */
  private static final int CONNECTIONS = 32;

  /** The sum of the slices of a run. */
  private static final class RunTotal {
    private long requests;
    private long nanos;
    private long bytes;

    HttpResult.Run run() {
      return new HttpResult.Run(requests * 1e9 / nanos, (double) bytes / requests);
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
    Map<String, HttpResult> results = new LinkedHashMap<>();
    boolean met = true;
    for (HelloServer.Kind kind : HelloServer.Kind.values()) {
      HttpResult result = measure(kind, WARM_UP, ROUNDS, SLICE_NANOS);
      results.put(kind.label, result);
      met &= result.meetsTargets();
      System.out.println(result.summary(kind.label));
    }
    if (arguments.length > 0) {
      new ObjectMapper().writeValue(Path.of(arguments[0]).toFile(), results);
    }
    System.exit(met ? 0 : 1);
  }

  static HttpResult measure(HelloServer.Kind kind, int warmUp, int rounds, long sliceNanos)
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

  private HttpResult measure(int warmUp, int rounds, long sliceNanos) throws Exception {
    for (int n = 0; n < warmUp; n++) {
      round(sliceNanos);
    }
    Map<Variant, List<HttpResult.Run>> runs = new EnumMap<>(Variant.class);
    for (int n = 0; n < rounds; n++) {
      round(sliceNanos)
          .forEach(
              (variant, total) ->
                  runs.computeIfAbsent(variant, first -> new ArrayList<>()).add(total.run()));
    }
    return HttpResult.of(runs);
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
    for (HelloClient client : clients.getOrDefault(variant, List.of())) {
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
