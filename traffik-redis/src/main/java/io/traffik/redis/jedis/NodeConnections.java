package io.traffik.redis.jedis;

import io.traffik.redis.async.AdmissionControl;
import io.traffik.redis.script.ErrorTranslator;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Connection;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;

/** Runs actions over connections to servers, and reacts to failures. Thread-safe. */
final class NodeConnections {

  private final JedisExecutor executor;
  private final ServerLines.ByServer lines;
  private final IdleConnections idle = new IdleConnections();
  private final AtomicBoolean refreshing = new AtomicBoolean();

  NodeConnections(JedisExecutor executor, ServerLines.ByServer lines) {
    this.executor = executor;
    this.lines = lines;
  }

  /**
   * Runs an action on the caller's thread, over a connection for blocking calls. Another thread
   * connects if necessary, because connecting may outlast the deadline.
   */
  <T> T runBlocking(NodeCall node, Function<Connection, T> action) throws Exception {
    ServerLines server = lines.of(node.server());
    long start = System.nanoTime();
    Semaphore permits = server.blocking();
    // The other half of the time is for the server. Not tryAcquire() without a time: that would
    // overtake the threads in line.
    long inLine = (node.deadline() - start) / 2;
    if (!permits.tryAcquire(inLine, TimeUnit.NANOSECONDS)) {
      throw server.admission().unsent(node.deadline() - start);
    }
    CompletableFuture<Connection> connecting = null;
    Connection connection = null;
    try {
      connection = idle.poll(node.server());
      if (connection == null) {
        connecting = executor.submit(() -> connect(node));
        connection = await(connecting, node, server.admission(), start);
      }
      return run(connection, node, action);
    } finally {
      if (connection == null && connecting != null) {
        releaseOnceConnected(connecting, node, permits);
      } else {
        permits.release();
      }
    }
  }

  private static Connection await(
      CompletableFuture<Connection> connecting,
      NodeCall node,
      AdmissionControl admission,
      long start)
      throws Exception {
    try {
      return connecting.get(node.deadline() - System.nanoTime(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw admission.unsent(node.deadline() - start);
    }
  }

  /** A late connection serves the next call. */
  private void releaseOnceConnected(
      CompletableFuture<Connection> connecting, NodeCall node, Semaphore permits) {
    var unused =
        connecting.whenComplete(
            (connection, thrown) -> {
              if (connection != null) {
                idle.put(node.server(), connection);
              }
              permits.release();
            });
  }

  /** Returns an idle connection, or connects on this thread. */
  Connection take(NodeCall node) {
    Connection open = idle.poll(node.server());
    return open != null ? open : connect(node);
  }

  /** Returns a connection that was not used. */
  void put(NodeCall node, Connection connection) {
    idle.put(node.server(), connection);
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

  /** Runs an action over a connection, which is idle or closed afterwards. */
  <T> T run(Connection connection, NodeCall node, Function<Connection, T> action)
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
      leaveReplica(connection, node, e);
      throw e;
    } finally {
      idle.put(node.server(), connection);
    }
  }

  /** If the server is no longer a master, new connections lead to the new master. */
  void leaveReplica(@Nullable Connection connection, NodeCall node, JedisDataException error) {
    if (ErrorTranslator.isServerError(error, "READONLY")) {
      if (connection != null) {
        connection.setBroken();
      }
      idle.close(node.server());
      refresh(node.topology());
    }
  }

  /** Refreshes the topology of a cluster in the background, once at a time. */
  void refresh(JedisServers topology) {
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

  void close() {
    idle.close();
  }
}
