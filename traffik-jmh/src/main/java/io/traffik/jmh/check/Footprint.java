package io.traffik.jmh.check;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.traffik.Backend.Operation;
import io.traffik.Rate;
import io.traffik.jmh.contender.Contenders;
import io.traffik.jmh.workload.BenchmarkLimit;
import io.traffik.jmh.workload.ClientIdentities;
import io.traffik.jmh.workload.Limiter;
import io.traffik.memory.InMemoryBackend;
import io.traffik.spi.BackendCall;
import io.traffik.spi.QuotaPolicy;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Measures the heap per client of each contender: the heap in use after a full collection. Use the
 * serial collector, whose figures are exact to the byte:
 *
 * <pre>
 * java -XX:+UseSerialGC -Xmx4g -cp benchmarks.jar io.traffik.jmh.check.Footprint [results.json [clients]]
 * </pre>
 *
 * <p>The caller keeps no identity, so only identities that the contender keeps are counted. The
 * last lines are for throttles of several rates. They are printed only.
 */
public final class Footprint {

  private static final int CLIENTS = 1_000_000;

  private Footprint() {}

  /**
   * Measures, prints and writes the figures.
   *
   * @param arguments optionally the file to write and the number of clients, 1,000,000 by default
   */
  public static void main(String[] arguments) throws Exception {
    int clients = arguments.length > 1 ? Integer.parseInt(arguments[1]) : CLIENTS;
    Map<String, Double> bytesPerClient = new LinkedHashMap<>();
    // Load the classes first; otherwise they count for the first contender.
    bytesPerClient(Contenders.TRAFFIK, 1_000);
    for (String contender : Contenders.ALL) {
      bytesPerClient.put(contender, bytesPerClient(contender, clients));
      System.out.printf("%-28s %7.1f B%n", contender, bytesPerClient.get(contender));
    }
    for (int rates = 1; rates <= 4; rates++) {
      System.out.printf("%-28s %7.1f B%n", rates + " rates", bytesPerKey(rates, clients));
    }
    if (arguments.length > 0) {
      new ObjectMapper()
          .writeValue(
              Path.of(arguments[0]).toFile(),
              Map.of("clients", clients, "bytesPerClient", bytesPerClient));
    }
  }

  /** Returns heap bytes per client of a contender that holds a number of clients. */
  static double bytesPerClient(String contender, int clients) {
    long before = usedHeap();
    Limiter limiter = Contenders.create(contender, BenchmarkLimit.ALWAYS_ALLOWED, clients);
    for (int client = 0; client < clients; client++) {
      limiter.consumeHalf(ClientIdentities.of(client));
    }
    long after = usedHeap();
    // This use keeps the limiter reachable until here.
    return (double) (after - before) / limiter.size();
  }

  private static double bytesPerKey(int rates, int clients) {
    long before = usedHeap();
    InMemoryBackend backend = InMemoryBackend.builder("keys").maxKeys(clients).build();
    QuotaPolicy policy = QuotaPolicy.of("api", Collections.nCopies(rates, Rate.parse("10/365d")));
    for (int client = 0; client < clients; client++) {
      backend.decide(new BackendCall(Operation.HIT, policy, ClientIdentities.of(client), "", 1));
    }
    return (double) (usedHeap() - before) / backend.size();
  }

  private static long usedHeap() {
    // The first collection lets cleaners and caches release more memory.
    System.gc();
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }
}
