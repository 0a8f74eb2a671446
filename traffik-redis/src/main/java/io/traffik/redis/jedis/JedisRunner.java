package io.traffik.redis.jedis;

import static java.util.stream.Collectors.groupingBy;

import io.traffik.redis.async.Deadlines;
import io.traffik.redis.async.SingleFlight;
import io.traffik.redis.script.DecisionScript;
import io.traffik.redis.script.ErrorTranslator;
import io.traffik.redis.script.ScriptCall;
import io.traffik.redis.script.ScriptRunner;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Connection;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.exceptions.JedisAskDataException;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisRedirectionException;

/**
 * Runs the script over Jedis connections that belong to the backend.
 *
 * <p>A blocking call uses an idle connection on the caller's own thread, because the socket timeout
 * bounds its duration. Connecting has no such bound (host names must be resolved), so another
 * thread connects.
 */
public final class JedisRunner implements ScriptRunner {

  private static final int MAX_REDIRECTIONS = 5;

  private final SingleFlight<JedisServers> servers;
  private final boolean clustered;
  private final JedisExecutor executor;
  private final IdleConnections idle = new IdleConnections();

  /** One semaphore per server: a server that hangs must not delay calls to the others. */
  private final ConcurrentMap<HostAndPort, Semaphore> permits = new ConcurrentHashMap<>();

  private final AtomicBoolean refreshing = new AtomicBoolean();

  /**
   * @param discovery finds the servers; may block
   */
  public JedisRunner(Callable<JedisServers> discovery, boolean clustered, JedisExecutor executor) {
    this.servers = new SingleFlight<>(() -> executor.submit(discovery), JedisRunner::closed);
    this.clustered = clustered;
    this.executor = executor;
  }

  @Override
  public Object run(ScriptCall call, long timeoutNanos) throws Exception {
    long deadline = System.nanoTime() + timeoutNanos;
    return execute(call, deadline, false);
  }

  @Override
  public CompletableFuture<Object> start(
      ScriptCall call, long timeoutNanos, BooleanSupplier abandoned) {
    long deadline = System.nanoTime() + timeoutNanos;
    if (servers.valueIfPresent() != null) {
      return executor.submit(abandoned, () -> execute(call, deadline, true));
    }
    // If all threads of the executor waited for the servers, none could find them.
    return executor.submitAfter(servers.value(), abandoned, () -> execute(call, deadline, true));
  }

  /** Sends the calls to each server together, over one connection. */
  @Override
  public List<CompletableFuture<Object>> startAll(
      List<ScriptCall> calls, long timeoutNanos, BooleanSupplier abandoned) {
    long deadline = System.nanoTime() + timeoutNanos;
    List<PipelinedCall> pipelined = calls.stream().map(PipelinedCall::of).toList();
    var unused =
        servers
            .value()
            .thenAccept(topology -> startAll(topology, pipelined, deadline, abandoned))
            .exceptionally(
                thrown -> {
                  PipelinedCall.failAll(pipelined, thrown);
                  return null;
                });
    return pipelined.stream().map(PipelinedCall::answer).toList();
  }

  private void startAll(
      JedisServers topology, List<PipelinedCall> calls, long deadline, BooleanSupplier abandoned) {
    calls.stream()
        .collect(groupingBy(call -> topology.serverOf(call.call().key())))
        .forEach(
            (server, group) -> {
              NodeCall node = new NodeCall(topology, server, false, deadline);
              var unused =
                  executor
                      .submit(abandoned, () -> executeAll(node, group))
                      .exceptionally(thrown -> PipelinedCall.failAll(group, thrown));
            });
  }

  /** Executes calls on one server. A redirected call is executed again by itself. */
  private int executeAll(NodeCall node, List<PipelinedCall> calls) throws Exception {
    if (node.topology().isStale()) {
      refresh(node.topology());
    }
    List<Object> answers =
        executeOn(
            node,
            connection -> {
              calls.forEach(call -> connection.sendCommand(arguments(call.call())));
              return connection.getMany(calls.size());
            },
            true);
    for (int i = 0; i < answers.size(); i++) {
      PipelinedCall call = calls.get(i);
      Object answer = answers.get(i);
      if (answer instanceof JedisRedirectionException) {
        call.complete(() -> execute(call.call(), node.deadline(), true));
      } else {
        call.complete(() -> text(answer));
      }
    }
    return answers.size();
  }

  private static Object text(Object answer) {
    if (answer instanceof JedisDataException error) {
      throw error;
    }
    return answer instanceof byte[] text ? new String(text, StandardCharsets.US_ASCII) : answer;
  }

  /**
   * Executes a call on the server that has the key, and follows redirections.
   *
   * @param mayConnect whether this thread may block beyond the deadline
   */
  private Object execute(ScriptCall call, long deadline, boolean mayConnect) throws Exception {
    JedisServers topology = servers.valueIfPresent();
    if (topology == null) {
      topology = Deadlines.await(servers.value(), deadline - System.nanoTime());
    }
    if (topology.isStale()) {
      refresh(topology);
    }
    HostAndPort server = topology.serverOf(call.key());
    boolean asking = false;
    for (int redirections = 0; ; redirections++) {
      try {
        return text(
            executeOn(
                new NodeCall(topology, server, asking, deadline),
                connection -> connection.executeCommand(arguments(call)),
                mayConnect));
      } catch (JedisRedirectionException e) {
        if (redirections == MAX_REDIRECTIONS) {
          throw e;
        }
        server = e.getTargetNode();
        asking = e instanceof JedisAskDataException;
        if (!asking) {
          refresh(topology);
        }
      }
    }
  }

  /**
   * A call to one server.
   *
   * @param asking whether the key's slot is moving to the server, which requires {@code ASKING}
   */
  private record NodeCall(
      JedisServers topology, HostAndPort server, boolean asking, long deadline) {

    long remainingNanos() throws TimeoutException {
      long remaining = deadline - System.nanoTime();
      if (remaining <= 0) {
        throw new TimeoutException();
      }
      return remaining;
    }

    int remainingMillis() throws TimeoutException {
      return millis(remainingNanos());
    }
  }

  private <T> T executeOn(NodeCall node, Function<Connection, T> action, boolean mayConnect)
      throws Exception {
    Semaphore available = permitsOf(node.server());
    if (!available.tryAcquire()
        && !available.tryAcquire(node.remainingNanos(), TimeUnit.NANOSECONDS)) {
      throw new TimeoutException("no connection became available");
    }
    try {
      Connection open = idle.poll(node.server());
      if (open != null || mayConnect) {
        return executeWith(open == null ? connect(node) : open, node, action);
      }
    } finally {
      available.release();
    }
    return Deadlines.await(
        executor.submit(() -> executeOn(node, action, true)), node.remainingNanos());
  }

  private Semaphore permitsOf(HostAndPort server) {
    Semaphore existing = permits.get(server);
    return existing != null
        ? existing
        : permits.computeIfAbsent(server, key -> new Semaphore(JedisServers.MAX_CONNECTIONS));
  }

  private Connection connect(NodeCall node) {
    idle.closeUnknown(node.topology());
    try {
      return node.topology().connect(node.server());
    } catch (JedisConnectionException e) {
      refresh(node.topology());
      throw e;
    }
  }

  private <T> T executeWith(Connection connection, NodeCall node, Function<Connection, T> action)
      throws TimeoutException {
    try {
      if (node.asking()) {
        connection.setSoTimeout(node.remainingMillis());
        connection.executeCommand(Command.ASKING);
      }
      connection.setSoTimeout(node.remainingMillis());
      return action.apply(connection);
    } catch (JedisConnectionException e) {
      if (!ErrorTranslator.isTimeout(e)) {
        // The connection was lost, and most likely the idle ones with it.
        idle.close(node.server());
      }
      refresh(node.topology());
      throw e;
    } catch (JedisDataException e) {
      if (ErrorTranslator.isServerError(e, "READONLY")) {
        // The server is no longer a master; new connections lead to the new master.
        connection.setBroken();
        idle.close(node.server());
        refresh(node.topology());
      }
      throw e;
    } finally {
      idle.put(node.server(), connection);
    }
  }

  private static int millis(long nanos) {
    return (int) TimeUnit.NANOSECONDS.toMillis(nanos) + 1;
  }

  private static CommandArguments arguments(ScriptCall call) {
    CommandArguments arguments =
        call.isBySource()
            ? new CommandArguments(Command.EVAL).add(DecisionScript.TEXT)
            : new CommandArguments(Command.EVALSHA).add(DecisionScript.DIGEST);
    arguments.add(call.keys().size());
    call.keys().forEach(arguments::add);
    for (String argument : call.arguments()) {
      arguments.add(argument);
    }
    return arguments;
  }

  /** Refreshes the topology of a cluster in the background, once at a time. */
  private void refresh(JedisServers topology) {
    if (topology.isCluster() && refreshing.compareAndSet(false, true)) {
      var unused =
          executor
              .submit(
                  () -> {
                    topology.refresh();
                    return topology;
                  })
              .whenComplete((done, thrown) -> refreshing.set(false));
    }
  }

  @Override
  public String info(long timeoutNanos) throws Exception {
    long deadline = System.nanoTime() + timeoutNanos;
    JedisServers topology = Deadlines.await(servers.value(), timeoutNanos);
    return Deadlines.await(
        executor.submit(
            () -> {
              Object info =
                  topology.withConnection(
                      topology.masters().get(0),
                      connection -> connection.executeCommand(Command.INFO));
              return new String((byte[]) info, StandardCharsets.UTF_8);
            }),
        deadline - System.nanoTime());
  }

  @Override
  public boolean isClustered() {
    return clustered;
  }

  @Override
  public CompletableFuture<@Nullable Void> removeAll(String prefix, long timeoutNanos) {
    return Deadlines.orTimeout(servers.value(), timeoutNanos)
        .thenCompose(
            topology ->
                executor.submit(
                    () -> {
                      for (HostAndPort master : topology.masters()) {
                        topology.withConnection(
                            master,
                            connection -> {
                              connection.setSoTimeout(millis(timeoutNanos));
                              KeyScan.removeAll(connection, prefix);
                              return master;
                            });
                      }
                      return null;
                    }));
  }

  @Override
  public void close() {
    idle.close();
    var unused = servers.close().whenComplete((done, thrown) -> executor.close());
  }

  private static CompletionStage<?> closed(JedisServers servers) {
    servers.close();
    return CompletableFuture.completedFuture(null);
  }
}
