package io.traffik.redis.jedis;

import static java.util.stream.Collectors.groupingBy;

import io.traffik.redis.async.AdmissionControl;
import io.traffik.redis.async.AdmissionControl.AdmittedCall;
import io.traffik.redis.async.AdmissionControl.Mode;
import io.traffik.redis.async.AdmissionControl.ServerStalledException;
import io.traffik.redis.async.Deadlines;
import io.traffik.redis.async.SingleFlight;
import io.traffik.redis.script.ErrorTranslator;
import io.traffik.redis.script.ScriptCall;
import io.traffik.redis.script.ScriptRunner;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
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
  private final NodeConnections connections;

  /** Admits calls until the servers are known. */
  private final AdmissionControl discovery = new AdmissionControl();

  /**
   * @param discovery finds the servers; may block
   */
  public JedisRunner(
      Callable<JedisServers> discovery,
      boolean clustered,
      JedisExecutor executor,
      ConnectionCounts counts) {
    this.servers = new SingleFlight<>(() -> executor.submit(discovery), JedisRunner::closed);
    this.clustered = clustered;
    this.executor = executor;
    this.connections = new NodeConnections(executor, counts);
  }

  /** Waits until the servers are found. */
  @Override
  public void connect(long timeoutNanos) {
    try {
      var unused = Deadlines.await(servers.attempt(), timeoutNanos);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (Exception e) {
      // Calls report it.
    }
  }

  /** Runs the script on the server that has the key, and follows redirections. */
  @Override
  public Object run(ScriptCall call, long timeoutNanos) throws Exception {
    long deadline = System.nanoTime() + timeoutNanos;
    JedisServers topology = servers.valueIfPresent();
    if (topology == null) {
      topology = awaitServers(call, deadline, timeoutNanos);
    }
    refreshIfStale(topology);
    NodeCall node = new NodeCall(topology, topology.serverOf(call.key()), false, deadline);
    for (int redirections = 0; ; redirections++) {
      try {
        return run(call, node, timeoutNanos);
      } catch (JedisRedirectionException e) {
        if (redirections == MAX_REDIRECTIONS) {
          throw e;
        }
        node = redirected(node, e);
      }
    }
  }

  private JedisServers awaitServers(ScriptCall call, long deadline, long timeoutNanos)
      throws Exception {
    AdmittedCall admitted = discovery.admit(Mode.BLOCKING, call.client(), deadline, timeoutNanos);
    try {
      return Deadlines.awaitUninterruptibly(servers.value(), timeoutNanos);
    } finally {
      admitted.end(false);
    }
  }

  private Object run(ScriptCall call, NodeCall node, long timeoutNanos) throws Exception {
    AdmittedCall admitted =
        connections
            .linesOf(node.server())
            .admission()
            .admit(Mode.BLOCKING, call.client(), node.deadline(), timeoutNanos);
    boolean answered = false;
    try {
      Object answer =
          connections.runBlocking(
              node,
              call.client(),
              connection -> connection.executeCommand(QueuedCall.arguments(call)));
      answered = true;
      return textOrNumber(answer);
    } catch (JedisDataException e) {
      answered = true;
      throw e;
    } catch (JedisConnectionException e) {
      throw ErrorTranslator.isTimeout(e) ? admitted.unanswered(e, timeoutNanos) : e;
    } finally {
      admitted.end(answered);
    }
  }

  /** The call to the server that a redirection names. */
  private NodeCall redirected(NodeCall node, JedisRedirectionException redirection) {
    boolean asking = redirection instanceof JedisAskDataException;
    if (!asking) {
      connections.refresh(node.topology());
    }
    return new NodeCall(node.topology(), redirection.getTargetNode(), asking, node.deadline());
  }

  private void refreshIfStale(JedisServers topology) {
    if (topology.isStale()) {
      connections.refresh(topology);
    }
  }

  private static Object textOrNumber(Object answer) {
    if (answer instanceof JedisDataException error) {
      throw error;
    }
    return answer instanceof byte[] text ? text(text) : answer;
  }

  private static String text(Object bytes) {
    return new String((byte[]) bytes, StandardCharsets.UTF_8);
  }

  @Override
  public CompletableFuture<Object> start(
      ScriptCall call, long timeoutNanos, BooleanSupplier abandoned) {
    QueuedCall queued = new QueuedCall(call, Mode.ASYNCHRONOUS, timeoutNanos, abandoned);
    startAll(List.of(queued));
    return queued;
  }

  /** Sends the calls to each server together, over one connection. */
  @Override
  public List<CompletableFuture<Object>> startAll(
      List<ScriptCall> calls, Mode mode, long timeoutNanos, BooleanSupplier abandoned) {
    List<QueuedCall> queued =
        calls.stream().map(call -> new QueuedCall(call, mode, timeoutNanos, abandoned)).toList();
    startAll(queued);
    return List.copyOf(queued);
  }

  private void startAll(List<QueuedCall> calls) {
    JedisServers known = servers.valueIfPresent();
    if (known != null) {
      startAll(known, calls);
      return;
    }
    // If all threads of the executor waited for the servers, none could find them.
    try {
      QueuedCall.admitAll(calls, discovery);
    } catch (Exception e) {
      QueuedCall.failAll(calls, e);
      return;
    }
    var unused =
        servers
            .value()
            .whenComplete(
                (found, thrown) -> {
                  if (thrown == null) {
                    startAll(found, calls);
                  } else {
                    QueuedCall.failAll(calls, thrown);
                  }
                });
  }

  private void startAll(JedisServers topology, List<QueuedCall> calls) {
    try {
      refreshIfStale(topology);
      if (calls.size() == 1) {
        enqueueOne(topology, calls);
        return;
      }
      var byServer =
          calls.stream().collect(groupingBy(queued -> topology.serverOf(queued.call().key())));
      // All are admitted before one is sent.
      for (var group : byServer.entrySet()) {
        QueuedCall.admitAll(group.getValue(), connections.linesOf(group.getKey()).admission());
      }
      byServer.forEach(
          (server, group) ->
              enqueue(new NodeCall(topology, server, false, group.get(0).deadline()), group, 0));
    } catch (Throwable t) {
      QueuedCall.failAll(calls, t);
    }
  }

  private void enqueueOne(JedisServers topology, List<QueuedCall> call)
      throws ServerStalledException {
    QueuedCall queued = call.get(0);
    HostAndPort server = topology.serverOf(queued.call().key());
    queued.admitTo(connections.linesOf(server).admission());
    enqueue(new NodeCall(topology, server, false, queued.deadline()), call, 0);
  }

  private void enqueue(NodeCall node, List<QueuedCall> calls, int redirections) {
    connections
        .linesOf(node.server())
        .tasks(calls.get(0).mode())
        .execute(
            calls.get(0).call().client(),
            () -> send(node, calls, redirections),
            thrown -> QueuedCall.failAll(calls, JedisExecutor.rejection(thrown)));
  }

  /** Sends those calls that are not abandoned, over one connection, and completes them. */
  private void send(NodeCall node, List<QueuedCall> calls, int redirections) {
    try {
      calls.forEach(QueuedCall::failIfLate);
      if (calls.stream().anyMatch(QueuedCall::isAwaited)) {
        QueuedCall first = calls.get(0);
        String client = first.call().client();
        Connection connection = connections.take(node, client, first.timeoutNanos());
        // Not before: connecting may outlast the deadline, and nothing has been sent until then.
        List<QueuedCall> claimed = calls.stream().filter(QueuedCall::claim).toList();
        if (claimed.isEmpty()) {
          connections.put(node, client, connection);
        } else {
          complete(node, claimed, send(node, client, claimed, connection), redirections);
        }
      }
      calls.forEach(queued -> queued.leave(false));
    } catch (Throwable t) {
      QueuedCall.failAll(calls, t);
    }
  }

  private List<Object> send(
      NodeCall node, String client, List<QueuedCall> calls, Connection connection)
      throws Exception {
    return connections.run(
        connection,
        node,
        client,
        open -> {
          calls.forEach(queued -> open.sendCommand(queued.arguments()));
          List<Object> answers = open.getMany(calls.size());
          for (Object answer : answers) {
            if (answer instanceof JedisDataException error) {
              connections.leaveReplica(open, node, error);
            }
          }
          return answers;
        });
  }

  /** A call that is redirected starts again at the other server, by itself. */
  private void complete(
      NodeCall node, List<QueuedCall> calls, List<Object> answers, int redirections) {
    for (int i = 0; i < answers.size(); i++) {
      QueuedCall queued = calls.get(i);
      Object answer = answers.get(i);
      queued.leave(true);
      if (answer instanceof JedisRedirectionException redirection
          && redirections < MAX_REDIRECTIONS) {
        restart(queued, redirected(node, redirection), redirections + 1);
      } else {
        queued.complete(() -> textOrNumber(answer));
      }
    }
  }

  private void restart(QueuedCall queued, NodeCall node, int redirections) {
    QueuedCall next = queued.redirected();
    var unused = next.whenComplete(queued::finish);
    try {
      next.admitTo(connections.linesOf(node.server()).admission());
      enqueue(node, List.of(next), redirections);
    } catch (Exception e) {
      next.completeExceptionally(e);
    }
  }

  @Override
  public CompletableFuture<Exception> expire(CompletableFuture<Object> started, long timeoutNanos) {
    return started instanceof QueuedCall queued
        ? queued.expire(timeoutNanos)
        : ScriptRunner.super.expire(started, timeoutNanos);
  }

  @Override
  public String info(long timeoutNanos) throws Exception {
    long deadline = System.nanoTime() + timeoutNanos;
    JedisServers topology = Deadlines.await(servers.attempt(), timeoutNanos);
    HostAndPort server = topology.masters().get(0);
    return Deadlines.await(
        executor.submit(
            () -> text(connections.connect(topology, server, c -> c.executeCommand(Command.INFO)))),
        deadline - System.nanoTime());
  }

  @Override
  public boolean isClustered() {
    return clustered;
  }

  @Override
  public CompletableFuture<@Nullable Void> removeAll(String prefix, long timeoutNanos) {
    return Deadlines.orTimeout(servers.attempt(), timeoutNanos)
        .thenCompose(topology -> KeyScan.removeAll(executor, topology, prefix, timeoutNanos));
  }

  @Override
  public void close() {
    connections.close();
    var unused = servers.close().whenComplete((done, thrown) -> executor.close());
  }

  private static CompletionStage<?> closed(JedisServers servers) {
    servers.close();
    return CompletableFuture.completedFuture(null);
  }
}
