package io.traffik.redis.jedis;

import io.traffik.redis.async.Deadlines;
import io.traffik.redis.async.PagedRemoval;
import io.traffik.redis.script.DecisionScript;
import io.traffik.redis.script.ScriptCall;
import io.traffik.redis.script.ScriptRunner;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.AbstractPipeline;
import redis.clients.jedis.Connection;
import redis.clients.jedis.ConnectionPool;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.RedisClusterClient;
import redis.clients.jedis.Response;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.exceptions.JedisRedirectionException;
import redis.clients.jedis.params.ScanParams;
import redis.clients.jedis.resps.ScanResult;

/**
 * Runs the script over the user's Jedis client. The client's own timeouts apply, so no call is made
 * on a caller's thread.
 */
public final class BorrowedJedisRunner implements ScriptRunner {

  private static final byte[] MASTER = "master".getBytes(StandardCharsets.US_ASCII);

  private final UnifiedJedis jedis;
  private final JedisExecutor executor;

  public BorrowedJedisRunner(UnifiedJedis jedis, JedisExecutor executor) {
    this.jedis = jedis;
    this.executor = executor;
  }

  @Override
  public Object run(ScriptCall call, long timeoutNanos) throws Exception {
    return Deadlines.await(start(call, timeoutNanos, () -> false), timeoutNanos);
  }

  @Override
  public CompletableFuture<Object> start(
      ScriptCall call, long timeoutNanos, BooleanSupplier abandoned) {
    return executor.submit(abandoned, () -> send(call));
  }

  private Object send(ScriptCall call) {
    List<String> arguments = Arrays.asList(call.arguments());
    return call.isBySource()
        ? jedis.eval(DecisionScript.TEXT, call.keys(), arguments)
        : jedis.evalsha(DecisionScript.DIGEST, call.keys(), arguments);
  }

  /** Sends all calls in one pipeline, which is one for each server in a cluster. */
  @Override
  public List<CompletableFuture<Object>> startAll(
      List<ScriptCall> calls, long timeoutNanos, BooleanSupplier abandoned) {
    CompletableFuture<List<Response<Object>>> sent =
        executor.submit(abandoned, () -> sendAll(calls));
    List<CompletableFuture<Object>> started = new ArrayList<>(calls.size());
    for (int i = 0; i < calls.size(); i++) {
      int index = i;
      started.add(
          sent.thenCompose(
              responses -> answer(responses.get(index), calls.get(index), timeoutNanos)));
    }
    return started;
  }

  private List<Response<Object>> sendAll(List<ScriptCall> calls) {
    List<Response<Object>> responses = new ArrayList<>(calls.size());
    try (AbstractPipeline pipeline = jedis.pipelined()) {
      for (ScriptCall call : calls) {
        responses.add(
            pipeline.evalsha(DecisionScript.DIGEST, call.keys(), Arrays.asList(call.arguments())));
      }
      pipeline.sync();
    }
    return responses;
  }

  /** A pipeline does not follow redirections, so a redirected call is sent again by itself. */
  private CompletableFuture<Object> answer(
      Response<Object> response, ScriptCall call, long timeoutNanos) {
    try {
      return CompletableFuture.completedFuture(response.get());
    } catch (JedisRedirectionException e) {
      return start(call, timeoutNanos, () -> false);
    } catch (JedisException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  @Override
  public String info(long timeoutNanos) throws Exception {
    return Deadlines.await(executor.submit(jedis::info), timeoutNanos);
  }

  @Override
  public boolean isClustered() {
    return clusterNodes() != null;
  }

  @SuppressWarnings("deprecation") // users may still have a JedisCluster
  private @Nullable Map<String, ConnectionPool> clusterNodes() {
    if (jedis instanceof RedisClusterClient cluster) {
      return cluster.getClusterNodes();
    }
    return jedis instanceof redis.clients.jedis.JedisCluster cluster
        ? cluster.getClusterNodes()
        : null;
  }

  @Override
  public CompletableFuture<@Nullable Void> removeAll(String prefix, long timeoutNanos) {
    Map<String, ConnectionPool> nodes = clusterNodes();
    if (nodes == null) {
      ScanParams params = new ScanParams().match(prefix + "*").count(PagedRemoval.PAGE_SIZE);
      return PagedRemoval.start(
          ScanParams.SCAN_POINTER_START,
          cursor ->
              Deadlines.orTimeout(executor.submit(() -> removePage(cursor, params)), timeoutNanos));
    }
    return executor.submit(
        () -> {
          for (ConnectionPool node : nodes.values()) {
            try (Connection connection = node.getResource()) {
              removeFromMaster(connection, prefix, timeoutNanos);
            }
          }
          return null;
        });
  }

  private @Nullable String removePage(String cursor, ScanParams params) {
    ScanResult<String> page = jedis.scan(cursor, params);
    if (!page.getResult().isEmpty()) {
      jedis.unlink(page.getResult().toArray(new String[0]));
    }
    return page.isCompleteIteration() ? null : page.getCursor();
  }

  private static void removeFromMaster(Connection connection, String prefix, long timeoutNanos) {
    int originalTimeout = connection.getSoTimeout();
    connection.setSoTimeout((int) TimeUnit.NANOSECONDS.toMillis(timeoutNanos) + 1);
    try {
      List<?> role = (List<?>) connection.executeCommand(Command.ROLE);
      if (Arrays.equals((byte[]) role.get(0), MASTER)) {
        KeyScan.removeAll(connection, prefix);
      }
    } finally {
      if (!connection.isBroken()) {
        connection.setSoTimeout(originalTimeout);
      }
    }
  }

  /** Leaves the user's client open. */
  @Override
  public void close() {
    executor.close();
  }
}
