package io.traffik.redis;

import io.traffik.Backend;
import io.traffik.Backend.Operation;
import io.traffik.Rate;
import io.traffik.redis.jedis.JedisClients;
import io.traffik.spi.BackendCall;
import io.traffik.spi.QuotaPolicy;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import redis.clients.jedis.UnifiedJedis;

/** Uses all that the backend calls of Jedis, in a JVM that has another version of it. */
final class JedisVersionMain {

  /** Granted and denied hits of each kind of call. */
  private static final QuotaPolicy POLICY = QuotaPolicy.of("api", List.of(Rate.perHour(1)));

  private static final int KINDS = 4;

  /** Long enough for a JVM that loads all classes. */
  private static final Duration DEADLINE = Duration.ofSeconds(10);

  private JedisVersionMain() {}

  /**
   * Fails if a backend does not decide.
   *
   * @param uris of the server with TLS, of the same without, and of a node of a cluster
   */
  public static void main(String... uris) {
    use("TLS", builder().uri(uris[0]));
    use("cluster", builder().cluster(uris[2]));
    try (UnifiedJedis client = JedisClients.standalone(uris[1]);
        UnifiedJedis cluster = JedisClients.cluster(uris[2])) {
      use("client", builder().client(client));
      use("client of a cluster", builder().client(cluster));
    }
  }

  private static JedisBackendBuilder builder() {
    return RedisBackend.jedis("versions-" + Long.toHexString(System.nanoTime())).deadline(DEADLINE);
  }

  private static void use(String name, JedisBackendBuilder builder) {
    try (Backend backend = builder.build()) {
      backend.open();
      requireOneGrantOfTwo(backend);
      backend.reset();
      requireOneGrantOfTwo(backend);
      backend.reset();
    }
    System.out.println(name + " decides");
  }

  private static void requireOneGrantOfTwo(Backend backend) {
    for (int hit = 0; hit < 2; hit++) {
      List<long[]> margins =
          List.of(
              backend.decide(call(0)),
              backend.decideAsync(call(1)).toCompletableFuture().join(),
              backend.decideAll(List.of(call(2), call(4))).get(0),
              backend
                  .decideAllAsync(List.of(call(3), call(5)))
                  .toCompletableFuture()
                  .join()
                  .get(0));
      boolean granted = hit == 0;
      if (IntStream.range(0, KINDS).anyMatch(i -> call(i).isGranted(margins.get(i)) != granted)) {
        throw new IllegalStateException(
            "hit " + hit + " must be " + (granted ? "granted" : "denied"));
      }
    }
  }

  private static BackendCall call(int client) {
    return new BackendCall(Operation.HIT, POLICY, "client " + client, "", 1);
  }
}
