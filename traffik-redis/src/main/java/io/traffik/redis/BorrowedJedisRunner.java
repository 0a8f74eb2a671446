package io.traffik.redis;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Connection;
import redis.clients.jedis.ConnectionPool;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.RedisClusterClient;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.params.ScanParams;
import redis.clients.jedis.resps.ScanResult;

/**
 * Asks by a client of Jedis' that belongs to the user. How long its calls may take is not for us to
 * say, so none is made on a caller's thread.
 */
final class BorrowedJedisRunner implements ScriptRunner {

  private static final int KEYS_PER_BATCH = 1_000;

  private static final byte[] MASTER = "master".getBytes(StandardCharsets.US_ASCII);

  private final UnifiedJedis jedis;
  private final JedisExecutor elsewhere;

  BorrowedJedisRunner(UnifiedJedis jedis, JedisExecutor elsewhere) {
    this.jedis = jedis;
    this.elsewhere = elsewhere;
  }

  @Override
  public Object run(ScriptCall call, long nanos) throws Exception {
    return Deadlines.await(start(call, nanos, () -> false), nanos);
  }

  @Override
  public CompletableFuture<Object> start(ScriptCall call, long nanos, BooleanSupplier unwanted) {
    return elsewhere.submit(unwanted, () -> ask(call));
  }

  private Object ask(ScriptCall call) {
    List<String> keys = List.of(call.key());
    List<String> arguments = Arrays.asList(call.arguments());
    return call.isInFull()
        ? jedis.eval(DecisionScript.TEXT, keys, arguments)
        : jedis.evalsha(DecisionScript.DIGEST, keys, arguments);
  }

  @Override
  public String info(long nanos) throws Exception {
    return Deadlines.await(elsewhere.submit(jedis::info), nanos);
  }

  @Override
  public boolean isClustered() {
    return nodes() != null;
  }

  @SuppressWarnings("deprecation") // users may have one of the older kind
  private @Nullable Map<String, ConnectionPool> nodes() {
    if (jedis instanceof RedisClusterClient cluster) {
      return cluster.getClusterNodes();
    }
    return jedis instanceof redis.clients.jedis.JedisCluster cluster
        ? cluster.getClusterNodes()
        : null;
  }

  @Override
  public CompletableFuture<@Nullable Void> removeAll(String prefix, long nanos) {
    Map<String, ConnectionPool> nodes = nodes();
    CompletableFuture<@Nullable Void> result = new CompletableFuture<>();
    if (nodes == null) {
      removePage(ScanParams.SCAN_POINTER_START, prefix, nanos, result);
      return result;
    }
    return elsewhere.submit(
        () -> {
          for (ConnectionPool node : nodes.values()) {
            try (Connection connection = node.getResource()) {
              removeFrom(connection, prefix, nanos);
            }
          }
          return null;
        });
  }

  private static void removeFrom(Connection connection, String prefix, long nanos) {
    int usersTimeout = connection.getSoTimeout();
    connection.setSoTimeout((int) TimeUnit.NANOSECONDS.toMillis(nanos) + 1);
    try {
      List<?> role = (List<?>) connection.executeCommand(Command.ROLE);
      if (Arrays.equals((byte[]) role.get(0), MASTER)) {
        JedisKeys.removeAll(connection, prefix);
      }
    } finally {
      if (!connection.isBroken()) {
        connection.setSoTimeout(usersTimeout);
      }
    }
  }

  /** Removes what a page of keys holds, and goes on to the next; each within its time. */
  private void removePage(
      String cursor, String prefix, long nanos, CompletableFuture<@Nullable Void> result) {
    ScanParams pattern = new ScanParams().match(prefix + "*").count(KEYS_PER_BATCH);
    Stages.onEnd(
        Deadlines.limit(
            elsewhere.submit(
                () -> {
                  ScanResult<String> page = jedis.scan(cursor, pattern);
                  if (!page.getResult().isEmpty()) {
                    jedis.unlink(page.getResult().toArray(new String[0]));
                  }
                  return page;
                }),
            nanos),
        (page, thrown) -> {
          if (thrown != null) {
            result.completeExceptionally(thrown);
          } else if (page.isCompleteIteration()) {
            result.complete(null);
          } else {
            removePage(page.getCursor(), prefix, nanos, result);
          }
        });
  }

  /** The client is the user's, and stays open. */
  @Override
  public void close() {
    elsewhere.close();
  }
}
