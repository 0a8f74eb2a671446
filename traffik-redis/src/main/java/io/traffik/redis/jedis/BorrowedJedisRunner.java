package io.traffik.redis.jedis;

import io.traffik.redis.async.AdmissionControl;
import io.traffik.redis.async.AdmissionControl.Mode;
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
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.AbstractPipeline;
import redis.clients.jedis.Connection;
import redis.clients.jedis.ConnectionPool;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.Response;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.exceptions.JedisDataException;
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

  /** One for all servers, because the client does not tell which server it asks. */
  private final AdmissionControl admission = new AdmissionControl();

  private final TaskLine blocking;
  private final TaskLine asynchronous;

  /**
   * @param counts how many calls are made at a time
   */
  public BorrowedJedisRunner(UnifiedJedis jedis, JedisExecutor executor, ConnectionCounts counts) {
    this.jedis = jedis;
    this.executor = executor;
    this.blocking = executor.line(Math.max(1, counts.total() - counts.asynchronous()));
    this.asynchronous = executor.line(counts.asynchronous());
  }

  /** The user's client connects by itself. */
  @Override
  public void connect(long timeoutNanos) {}

  @Override
  public Object run(ScriptCall call, long timeoutNanos) throws Exception {
    QueuedCall queued = new QueuedCall(call, Mode.BLOCKING, timeoutNanos, () -> false);
    enqueue(blocking, List.of(queued), () -> send(queued));
    try {
      return Deadlines.awaitUninterruptibly(queued, timeoutNanos);
    } catch (TimeoutException e) {
      Exception unsent = queued.abandon();
      throw unsent == null ? e : unsent;
    }
  }

  @Override
  public CompletableFuture<Object> start(
      ScriptCall call, long timeoutNanos, BooleanSupplier abandoned) {
    QueuedCall queued = new QueuedCall(call, Mode.ASYNCHRONOUS, timeoutNanos, abandoned);
    enqueue(asynchronous, List.of(queued), () -> send(queued));
    return queued;
  }

  /** Sends all calls in one pipeline, which is one for each server in a cluster. */
  @Override
  public List<CompletableFuture<Object>> startAll(
      List<ScriptCall> calls, Mode mode, long timeoutNanos, BooleanSupplier abandoned) {
    List<QueuedCall> queued =
        calls.stream().map(call -> new QueuedCall(call, mode, timeoutNanos, abandoned)).toList();
    enqueue(mode == Mode.BLOCKING ? blocking : asynchronous, queued, () -> sendAll(queued));
    return List.copyOf(queued);
  }

  private void enqueue(TaskLine line, List<QueuedCall> calls, Runnable action) {
    try {
      QueuedCall.admitAll(calls, admission);
    } catch (Exception e) {
      QueuedCall.failAll(calls, e);
      return;
    }
    line.execute(
        calls.get(0).call().client(),
        action,
        thrown -> QueuedCall.failAll(calls, JedisExecutor.rejection(thrown)));
  }

  private void send(QueuedCall queued) {
    boolean answered = false;
    try {
      if (queued.claim()) {
        Object answer = send(queued.call());
        answered = true;
        queued.complete(answer);
      }
    } catch (Throwable t) {
      answered = t instanceof JedisDataException;
      queued.completeExceptionally(t);
    } finally {
      queued.leave(answered);
    }
  }

  private Object send(ScriptCall call) {
    List<String> arguments = Arrays.asList(call.arguments());
    return call.isBySource()
        ? jedis.eval(DecisionScript.TEXT, call.keys(), arguments)
        : jedis.evalsha(DecisionScript.DIGEST, call.keys(), arguments);
  }

  private void sendAll(List<QueuedCall> calls) {
    List<QueuedCall> claimed = calls.stream().filter(QueuedCall::claim).toList();
    List<Response<Object>> responses = new ArrayList<>(claimed.size());
    try {
      if (!claimed.isEmpty()) {
        try (AbstractPipeline pipeline = JedisCompatibility.pipeline(jedis)) {
          for (QueuedCall queued : claimed) {
            List<String> arguments = Arrays.asList(queued.call().arguments());
            responses.add(pipeline.evalsha(DecisionScript.DIGEST, queued.call().keys(), arguments));
          }
          pipeline.sync();
        }
      }
      for (int i = 0; i < claimed.size(); i++) {
        QueuedCall queued = claimed.get(i);
        Response<Object> response = responses.get(i);
        queued.complete(() -> answer(response, queued.call()));
        queued.leave(true);
      }
      calls.forEach(queued -> queued.leave(false));
    } catch (Throwable t) {
      QueuedCall.failAll(calls, t);
    }
  }

  /** A pipeline does not follow redirections, so a redirected call is sent again by itself. */
  private Object answer(Response<Object> response, ScriptCall call) {
    try {
      return response.get();
    } catch (JedisRedirectionException e) {
      return send(call);
    }
  }

  /** Does not await a call that was sent: the timeout of the user's client may be long. */
  @Override
  public CompletableFuture<Exception> expire(CompletableFuture<Object> started, long timeoutNanos) {
    Exception unsent = started instanceof QueuedCall queued ? queued.abandon() : null;
    return unsent == null
        ? ScriptRunner.super.expire(started, timeoutNanos)
        : CompletableFuture.completedFuture(unsent);
  }

  @Override
  public String info(long timeoutNanos) throws Exception {
    JedisCompatibility.requireSupported();
    return Deadlines.await(executor.submit(jedis::info), timeoutNanos);
  }

  @Override
  public boolean isClustered() {
    return JedisCompatibility.clusterNodes(jedis) != null;
  }

  @Override
  public CompletableFuture<@Nullable Void> removeAll(String prefix, long timeoutNanos) {
    Map<String, ConnectionPool> nodes = JedisCompatibility.clusterNodes(jedis);
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
