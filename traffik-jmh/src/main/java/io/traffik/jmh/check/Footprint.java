package io.traffik.jmh.check;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.traffik.jmh.contender.Contenders;
import io.traffik.jmh.workload.BenchmarkLimit;
import io.traffik.jmh.workload.ClientIdentities;
import io.traffik.jmh.workload.Limiter;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Measures the heap that each contender takes per client that it holds, by how much is in use after
 * a full collection. Run it with the serial collector, which counts to the byte:
 *
 * <pre>
 * java -XX:+UseSerialGC -Xmx4g -cp benchmarks.jar io.traffik.jmh.check.Footprint [results.json [clients]]
 * </pre>
 *
 * <p>The caller keeps no identity, so what a contender keeps of it counts, and nothing else does.
 */
public final class Footprint {

  private static final int CLIENTS = 1_000_000;

  private Footprint() {}

  /**
   * Measures, prints and writes.
   *
   * @param arguments optionally the file to write, and how many clients (1,000,000 unless told)
   */
  public static void main(String[] arguments) throws Exception {
    int clients = arguments.length > 1 ? Integer.parseInt(arguments[1]) : CLIENTS;
    Map<String, Double> bytesPerClient = new LinkedHashMap<>();
    // The classes of the first would count else.
    bytesPerClient(Contenders.TRAFFIK, 1_000);
    for (String contender : Contenders.ALL) {
      bytesPerClient.put(contender, bytesPerClient(contender, clients));
      System.out.printf("%-28s %7.1f B%n", contender, bytesPerClient.get(contender));
    }
    if (arguments.length > 0) {
      new ObjectMapper()
          .writeValue(
              Path.of(arguments[0]).toFile(),
              Map.of("clients", clients, "bytesPerClient", bytesPerClient));
    }
  }

  /** Heap bytes per client held, of a contender that holds a number of clients. */
  static double bytesPerClient(String contender, int clients) {
    long before = usedHeap();
    Limiter limiter = Contenders.create(contender, BenchmarkLimit.ALWAYS_ALLOWED, clients);
    for (int client = 0; client < clients; client++) {
      limiter.consumeHalf(ClientIdentities.of(client));
    }
    long after = usedHeap();
    // Asked last, also so that the limiter is in use until then.
    return (double) (after - before) / limiter.size();
  }

  private static long usedHeap() {
    // A second one, because the first lets cleaners and caches give up more.
    System.gc();
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }
}
