package io.traffik.redis.jedis;

import io.traffik.BackendException;
import io.traffik.redis.async.AdmissionControl;
import io.traffik.redis.async.AdmissionControl.CallRejectedException;
import io.traffik.redis.async.Deadlines;
import io.traffik.redis.async.NotConnectedException;
import io.traffik.redis.jedis.IdleConnections.IdleConnection;
import io.traffik.redis.script.ErrorTranslator;
import java.util.concurrent.Callable;
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
import redis.clients.jedis.exceptions.JedisException;

/** Runs actions over connections to servers, and reacts to failures. Thread-safe. */
final class NodeConnections {

  private final JedisExecutor executor;
  private final ServerLines.ByServer lines;
  private final IdleConnections idle = new IdleConnections();
  private final AtomicBoolean refreshing = new AtomicBoolean();

  /** The servers as known by the last call, to which attempts to reconnect lead. */
  private volatile @Nullable JedisServers topology;

  NodeConnections(JedisExecutor executor, ConnectionCounts counts) {
    this.executor = executor;
    this.lines = new ServerLines.ByServer(executor, counts, this::reconnect);
  }

  /** The server has not accepted a connection, but others to it are open. */
  private static final class NoFurtherConnectionException extends Exception {

    private static final long serialVersionUID = 1L;

    NoFurtherConnectionException(Throwable cause) {
      super(cause);
    }
  }

  /** Connects, if necessary on another thread than the caller's. */
  private interface Connector {
    CompletableFuture<Connection> connect(Callable<Connection> action);
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
    long timeoutNanos = node.deadline() - start;
    if (!permits.tryAcquire(client, QueuedCall.inLineNanos(timeoutNanos))) {
      throw server.admission().unsent(timeoutNanos);
    }
    try {
      return run(take(node, client, timeoutNanos, executor::submit), node, client, action);
    } finally {
      permits.release(client);
    }
  }

  /**
   * Returns an idle connection, or connects on this thread. The caller must {@linkplain #run use}
   * or {@linkplain #put return} the connection, for the same client.
   *
   * @param timeoutNanos the time that the call has had
   * @throws NotConnectedException if this or the last attempt to connect has failed
   */
  Connection take(NodeCall node, String client, long timeoutNanos) throws Exception {
    return take(node, client, timeoutNanos, NodeConnections::connectHere);
  }

  private static CompletableFuture<Connection> connectHere(Callable<Connection> action) {
    try {
      return CompletableFuture.completedFuture(action.call());
    } catch (Exception e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private Connection take(NodeCall node, String client, long timeoutNanos, Connector connector)
      throws Exception {
    ServerLines server = lines.of(node.server());
    ConnectionPermits permits = server.connections();
    while (true) {
      long remaining = node.deadline() - System.nanoTime();
      if (remaining <= 0 || !permits.tryAcquire(client, remaining / 2)) {
        throw server.admission().unsent(timeoutNanos);
      }
      CompletableFuture<Connection> connecting = null;
      Connection taken = null;
      try {
        taken = pollAlive(node);
        if (taken == null) {
          requireReachable(server);
          connecting = connector.connect(() -> connect(node));
          taken = await(connecting, node, server.admission(), timeoutNanos);
        }
        return taken;
      } catch (NoFurtherConnectionException e) {
        // Another connection will be free.
      } finally {
        if (taken == null) {
          if (connecting == null) {
            permits.release(client);
          } else {
            releaseOnceConnected(connecting, node, client);
          }
        }
      }
    }
  }

  private static Connection await(
      CompletableFuture<Connection> connecting,
      NodeCall node,
      AdmissionControl admission,
      long timeoutNanos)
      throws Exception {
    try {
      return Deadlines.awaitUninterruptibly(connecting, node.deadline() - System.nanoTime());
    } catch (TimeoutException e) {
      throw admission.unsent(timeoutNanos);
    } catch (ExecutionException e) {
      Throwable cause = BackendException.unwrap(e);
      if (cause instanceof CallRejectedException || cause instanceof NoFurtherConnectionException) {
        throw (Exception) cause;
      }
      throw new NotConnectedException(cause);
    }
  }

  /** A late connection serves the next call. */
  private void releaseOnceConnected(
      CompletableFuture<Connection> connecting, NodeCall node, String client) {
    var unused =
        connecting.whenComplete(
            (connection, thrown) -> {
              if (connection == null) {
                lines.of(node.server()).connections().release(client);
              } else {
                put(node, client, connection);
              }
            });
  }

  /** Takes an idle connection. One that may have been lost meanwhile must answer first. */
  private @Nullable Connection pollAlive(NodeCall node) throws TimeoutException {
    while (true) {
      int timeoutMillis = NodeCall.millis(node.remainingNanos() / 2);
      IdleConnection polled = idle.poll(node.server());
      if (polled == null) {
        return null;
      }
      if (!polled.mayBeLost() || isAlive(polled.connection(), timeoutMillis)) {
        return polled.connection();
      }
      idle.closeLost(node.server(), polled);
    }
  }

  /** Not by the call itself: if it got no answer, it could not be sent again. */
  private static boolean isAlive(Connection connection, int timeoutMillis) {
    try {
      connection.setSoTimeout(timeoutMillis);
      var unused = connection.executeCommand(Command.PING);
      return true;
    } catch (JedisDataException e) {
      // Any answer is enough. The user may lack the permission.
      return true;
    } catch (JedisException e) {
      return false;
    }
  }

  private static void requireReachable(ServerLines server) throws NotConnectedException {
    Throwable failure = server.reachability().failure();
    if (failure != null) {
      throw new NotConnectedException(failure);
    }
  }

  /**
   * Connects and runs an action, whatever has failed before. Calls use the connection afterwards:
   * the server may accept no other so soon.
   */
  <T> T connect(JedisServers servers, HostAndPort server, Function<Connection, T> action) {
    Connection connection = servers.connect(server);
    try {
      // Also if the server refuses the action: the handshake has succeeded.
      lines.of(server).reachability().succeed(true);
      return action.apply(connection);
    } finally {
      keep(server, connection);
    }
  }

  /** Keeps a connection that no call has opened, unless there are enough. */
  private void keep(HostAndPort server, Connection connection) {
    if (lines.of(server).connections().free() > idle.count(server)) {
      idle.put(server, connection);
    } else {
      JedisServers.discard(connection);
    }
  }

  private Connection connect(NodeCall node) throws NoFurtherConnectionException {
    topology = node.topology();
    idle.closeUnknown(node.topology());
    ServerLines server = lines.of(node.server());
    try {
      Connection connection = node.topology().connect(node.server());
      server.connections().connected();
      return connection;
    } catch (RuntimeException e) {
      if (!ErrorTranslator.isTimeout(e) && server.connections().shrink(idle.count(node.server()))) {
        throw new NoFurtherConnectionException(e);
      }
      // Not after the end of the call: calls that come meanwhile must fail at once.
      server.reachability().fail(e);
      server.connections().restore();
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
      keep(server, servers.connect(server));
      return true;
    } catch (RuntimeException e) {
      refresh(servers);
      throw e;
    }
  }

  /** Returns a connection that a client has taken. */
  void put(NodeCall node, String client, Connection connection) {
    idle.put(node.server(), connection);
    lines.of(node.server()).connections().release(client);
  }

  /** Runs an action over a connection that a client has taken, and returns it. */
  <T> T run(Connection connection, NodeCall node, String client, Function<Connection, T> action)
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
      put(node, client, connection);
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
