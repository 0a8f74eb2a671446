package io.traffik.jmh.check;

import io.traffik.Backend;
import io.traffik.Backend.Operation;
import io.traffik.Rate;
import io.traffik.redis.RedisBackend;
import io.traffik.redis.server.RedisConnection;
import io.traffik.redis.server.RedisProcess;
import io.traffik.redis.server.RedisServer;
import io.traffik.spi.BackendCall;
import io.traffik.spi.QuotaPolicy;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Measures what a server needs: memory for each key, and commands and time for each decision. The
 * figures of docs/operating-redis.md come from it.
 *
 * <pre>
 * java -cp benchmarks.jar io.traffik.jmh.check.RedisSizing [redis://host:port]
 * </pre>
 *
 * <p>By default, it starts a server. Use a server without other clients: it resets the statistics
 * of the commands. It removes its keys at the end.
 */
public final class RedisSizing {

  private static final String NAMESPACE = "sizing";
  private static final String UID = "api";
  private static final int KEYS = 100_000;
  private static final int BATCH = 500;
  private static final int DECISIONS = 20_000;
  private static final List<Rate> RATES =
      List.of(Rate.perMinute(100), Rate.perHour(1_000), Rate.perDay(10_000), Rate.perDay(20_000));
  private static final Pattern STATISTIC =
      Pattern.compile("cmdstat_([^:]+):calls=(\\d+),usec=(\\d+)");

  private RedisSizing() {}

  /** What the server executed for one decision. */
  record Cost(Map<String, Double> commands, double micros) {}

  /**
   * Measures and prints.
   *
   * @param arguments optionally the URI of a server
   */
  public static void main(String[] arguments) {
    if (arguments.length > 0) {
      print(new RedisServer(URI.create(arguments[0]), "argument"));
      return;
    }
    try (RedisProcess process = RedisProcess.start()) {
      print(new RedisServer(process.uri(), "local process"));
    }
  }

  private static void print(RedisServer server) {
    System.out.printf("Redis %s%n", server.fact("redis_version"));
    try (RedisConnection admin = server.connect();
        Backend backend =
            RedisBackend.jedis(NAMESPACE).uri(server.uri().toString()).persistent(false).build()) {
      // Connections and the script take memory, too, which must not count for the first policy.
      bytesPerKey(admin, backend, QuotaPolicy.of(UID, RATES));
      for (int rates = 1; rates <= RATES.size(); rates++) {
        QuotaPolicy policy = QuotaPolicy.of(UID, RATES.subList(0, rates));
        System.out.printf(
            "%d rate(s): MEMORY USAGE %d B, with tables and expiry %.0f B per key%n",
            rates, memoryUsage(admin, backend, policy), bytesPerKey(admin, backend, policy));
      }
      for (int rates = 1; rates <= 2; rates++) {
        QuotaPolicy policy = QuotaPolicy.of(UID, RATES.subList(0, rates));
        print("granted, " + rates + " rate(s)", cost(admin, backend, policy, 1));
        print("denied, " + rates + " rate(s)", cost(admin, backend, policy, policy.capacity()));
      }
      backend.reset();
    }
  }

  private static void print(String decision, Cost cost) {
    System.out.printf(
        "%s: %s, %.1f µs in the server%n",
        decision,
        cost.commands.entrySet().stream()
            .map(command -> String.format("%s %.2f", command.getKey(), command.getValue()))
            .collect(Collectors.joining(", ")),
        cost.micros);
  }

  /** The memory of one key, as the server states it. */
  static long memoryUsage(RedisConnection admin, Backend backend, QuotaPolicy policy) {
    backend.reset();
    backend.decide(hit(policy, client(0), 1));
    return (Long) admin.execute("MEMORY", "USAGE", NAMESPACE + "|" + UID + "|" + client(0) + "|");
  }

  /** The growth of the server's memory for each key. */
  static double bytesPerKey(RedisConnection admin, Backend backend, QuotaPolicy policy) {
    backend.reset();
    long before = usedMemory(admin);
    for (int first = 0; first < KEYS; first += BATCH) {
      List<BackendCall> hits =
          IntStream.range(first, first + BATCH).mapToObj(i -> hit(policy, client(i), 1)).toList();
      backend.decideAll(hits);
    }
    return (usedMemory(admin) - before) / (double) KEYS;
  }

  private static long usedMemory(RedisConnection admin) {
    return admin
        .text("INFO", "memory")
        .lines()
        .filter(line -> line.startsWith("used_memory:"))
        .mapToLong(line -> Long.parseLong(line.substring("used_memory:".length())))
        .sum();
  }

  /**
   * The average cost of one decision.
   *
   * @param tokens the cost of each hit: 1, so that all are granted, or the capacity, so that all
   *     but the first hit of each client are denied
   */
  static Cost cost(RedisConnection admin, Backend backend, QuotaPolicy policy, long tokens) {
    backend.reset();
    boolean denied = tokens > 1;
    int clients = denied ? 10 : KEYS;
    for (int i = 0; i < 10; i++) {
      backend.decide(hit(policy, client(i), tokens));
    }
    admin.execute("CONFIG", "RESETSTAT");
    for (int i = 0; i < DECISIONS; i++) {
      backend.decide(hit(policy, client(i % clients), tokens));
    }
    Map<String, Double> commands = new TreeMap<>();
    double micros = 0;
    Matcher statistic = STATISTIC.matcher(admin.text("INFO", "commandstats"));
    while (statistic.find()) {
      String command = statistic.group(1);
      if (!command.startsWith("config") && !command.equals("info")) {
        commands.put(command, Long.parseLong(statistic.group(2)) / (double) DECISIONS);
      }
      if (command.equals("evalsha")) {
        micros = Long.parseLong(statistic.group(3)) / (double) DECISIONS;
      }
    }
    return new Cost(commands, micros);
  }

  private static BackendCall hit(QuotaPolicy policy, String client, long tokens) {
    return new BackendCall(Operation.HIT, policy, client, "", tokens);
  }

  /** Addresses of the usual length. */
  private static String client(int index) {
    return "192.0." + (100 + index / 200) + "." + (index % 200);
  }
}
