package io.traffik.redis.jedis;

import io.traffik.BackendException;
import io.traffik.redis.async.AdmissionControl;
import io.traffik.redis.async.AdmissionControl.CallRejectedException;
import io.traffik.redis.async.Deadlines;
import io.traffik.redis.async.NotConnectedException;
import io.traffik.redis.script.ErrorTranslator;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Connection;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;

/** Runs actions over connections to servers, and reacts to failures. Thread-safe. */
final class NodeConnections {

  private final JedisExecutor executor;
  private final ServerLines.ByServer lines;
  private final IdleConnections idle = new IdleConnections();
  private final AtomicBoolean refreshing = new AtomicBoolean();

  /** The servers as known by the last call, to which attempts to reconnect lead. */
  private volatile @Nullable JedisServers topology;

  NodeConnections(JedisExecutor executor) {
    this.executor = executor;
    this.lines = new ServerLines.ByServer(executor, this::reconnect);
  }

  /** The lines in which calls to a server wait. */
  ServerLines linesOf(HostAndPort server) {
    return lines.of(server);
  }

  /**
   * Runs an action on the caller's thread, over a connection for blocking calls. Another thread
   * connects if necessary, because connecting may outlast the deadline.
   *
   * @param client the identity for which the action is run
   * @throws NotConnectedException if the last attempt to connect has failed
   */
  <T> T runBlocking(NodeCall node, String client, Function<Connection, T> action) throws Exception {
    ServerLines server = lines.of(node.server());
    long start = System.nanoTime();
    ConnectionPermits permits = server.blocking();
    // The other half of the time is for the server.
    long inLine = (node.deadline() - start) / 2;
    if (!permits.tryAcquire(client, inLine)) {
      throw server.admission().unsent(node.deadline() - start);
    }
    CompletableFuture<Connection> connecting = null;
    Connection connection = null;
    try {
      connection = idle.poll(node.server());
      if (connection == null) {
        requireReachable(server);
        connecting = executor.submit(() -> connect(node));
        connection = await(connecting, node, server.admission(), start);
      }
      return run(connection, node, action);
    } finally {
      if (connection == null && connecting != null) {
        releaseOnceConnected(connecting, node, client, permits);
      } else {
        permits.release(client);
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
      return Deadlines.awaitUninterruptibly(connecting, node.deadline() - System.nanoTime());
    } catch (TimeoutException e) {
      throw admission.unsent(node.deadline() - start);
    } catch (ExecutionException e) {
      Throwable cause = BackendException.unwrap(e);
      throw cause instanceof CallRejectedException rejected
          ? rejected
          : new NotConnectedException(cause);
    }
  }

  /** A late connection serves the next call. */
  private void releaseOnceConnected(
      CompletableFuture<Connection> connecting,
      NodeCall node,
      String client,
      ConnectionPermits permits) {
    var unused =
        connecting.whenComplete(
            (connection, thrown) -> {
              if (connection != null) {
                idle.put(node.server(), connection);
              }
              permits.release(client);
            });
  }

  /**
   * Returns an idle connection, or connects on this thread.
   *
   * @throws NotConnectedException if this or the last attempt to connect has failed
   */
  Connection take(NodeCall node) throws NotConnectedException {
    Connection open = idle.poll(node.server());
    if (open != null) {
      return open;
    }
    requireReachable(lines.of(node.server()));
    try {
      return connect(node);
    } catch (RuntimeException e) {
      throw new NotConnectedException(e);
    }
  }

  private static void requireReachable(ServerLines server) throws NotConnectedException {
    Throwable failure = server.reachability().failure();
    if (failure != null) {
      throw new NotConnectedException(failure);
    }
  }

  /** Calls to the server connect again, whatever has failed before. */
  void connected(HostAndPort server) {
    // They may have been lost without notice.
    idle.close(server);
    lines.of(server).reachability().succeed(true);
  }

  private Connection connect(NodeCall node) {
    topology = node.topology();
    idle.closeUnknown(node.topology());
    try {
      return node.topology().connect(node.server());
    } catch (RuntimeException e) {
      // Not after the end of the call: calls that come meanwhile must fail at once.
      lines.of(node.server()).reachability().fail(e);
      refresh(node.topology());
      throw e;
    }
  }

  /** Connects in the background after a failure. Returns false if the server has left. */
  private boolean reconnect(HostAndPort server) {
    JedisServers servers = topology;
    if (servers == null || !servers.contains(server)) {
      return false;
    }
    try {
      idle.put(server, servers.connect(server));
      return true;
    } catch (RuntimeException e) {
      refresh(servers);
      throw e;
    }
  }

  /** Returns a connection that was not used. */
  void put(NodeCall node, Connection connection) {
    idle.put(node.server(), connection);
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
    lines.close();
    idle.close();
  }
}
