package io.traffik.redis;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.traffik.Backend.Operation;
import io.traffik.Rate;
import io.traffik.TraffikException;
import io.traffik.spi.BackendCall;
import io.traffik.spi.QuotaPolicy;
import java.time.Duration;
import java.util.List;

/** Uses each kind of backend over Lettuce, in a JVM with another version of Lettuce. */
final class LettuceVersionMain {

  private static final QuotaPolicy POLICY = QuotaPolicy.of("api", List.of(Rate.perHour(6)));

  /** Long, since a new JVM loads the classes of Lettuce. */
  private static final Duration DEADLINE = Duration.ofSeconds(5);

  private LettuceVersionMain() {}

  public static void main(String[] arguments) {
    String uri = arguments[0];
    String clusterUri = arguments[1];
    use("uri", new LettuceBackendBuilder("versions").uri(uri));
    use("cluster", new LettuceBackendBuilder("versions").cluster(clusterUri));
    RedisClient client = RedisClient.create(uri);
    use("client", new LettuceBackendBuilder("versions").client(client));
    StatefulRedisConnection<String, String> connection = client.connect();
    use("connection", new LettuceBackendBuilder("versions").connection(connection));
    client.shutdown();
    RedisClusterClient clusterClient = RedisClusterClient.create(clusterUri);
    use("cluster client", new LettuceBackendBuilder("versions").client(clusterClient));
    StatefulRedisClusterConnection<String, String> clusterConnection = clusterClient.connect();
    use("cluster connection", new LettuceBackendBuilder("versions").connection(clusterConnection));
    clusterClient.shutdown();
    useTls(uri.replace("redis:", "rediss:"));
  }

  private static void use(String source, LettuceBackendBuilder builder) {
    try (RedisBackend backend = builder.deadline(DEADLINE).build()) {
      backend.open();
      backend.reset();
      require(margin(backend.decide(hit(1))) > 0);
      require(margin(backend.decideAsync(hit(1)).toCompletableFuture().join()) > 0);
      require(backend.decideAll(List.of(hit(1), hit(1))).size() == 2);
      require(
          backend.decideAllAsync(List.of(hit(1), hit(1))).toCompletableFuture().join().size() == 2);
      require(margin(backend.decide(hit(1))) < 0);
      backend.resetAsync().toCompletableFuture().join();
      require(margin(backend.decide(hit(6))) == 0);
      backend.reset();
    }
    System.out.println("decides: " + source);
  }

  /** The server does not use TLS. */
  private static void useTls(String uri) {
    try (RedisBackend backend = RedisBackend.lettuce(uri, "versions")) {
      backend.open();
      throw new IllegalStateException("TLS with a server that does not use it");
    } catch (TraffikException e) {
      require(e.getMessage().contains("rediss://"));
      System.out.println("decides: TLS");
    }
  }

  private static BackendCall hit(long cost) {
    return new BackendCall(Operation.HIT, POLICY, "client", "", cost);
  }

  private static long margin(long[] margins) {
    return margins[0];
  }

  private static void require(boolean condition) {
    if (!condition) {
      throw new IllegalStateException("another answer is required");
    }
  }
}
