package io.traffik.redis.jedis;

import java.util.Deque;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Connection;
import redis.clients.jedis.HostAndPort;

/**
 * The backend's idle Jedis connections by server, most recently used first. Taking one never
 * connects, so a caller's own thread may use it. Thread-safe.
 */
final class IdleConnections {

  /**
   * A connection that was idle for longer must be checked: the server or the network may have
   * closed it. Both count idle time in whole seconds.
   */
  private static final long UNCHECKED_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  /**
   * A connection that nobody uses.
   *
   * @param since the instant of its last use
   */
  record IdleConnection(Connection connection, long since) {

    /** Whether the connection may have been lost while it was idle. */
    boolean mayBeLost() {
      return System.nanoTime() - since > UNCHECKED_NANOS;
    }
  }

  private final ConcurrentMap<HostAndPort, Deque<IdleConnection>> byServer =
      new ConcurrentHashMap<>();
  private volatile boolean closed;

  /** Takes a connection, or null if there is none. */
  @Nullable IdleConnection poll(HostAndPort server) {
    Deque<IdleConnection> connections = byServer.get(server);
    return connections == null ? null : connections.pollFirst();
  }

  /** The number of idle connections to a server. */
  int count(HostAndPort server) {
    Deque<IdleConnection> connections = byServer.get(server);
    return connections == null ? 0 : connections.size();
  }

  /** Closes a connection that was lost, and those that have been idle for longer. */
  void closeLost(HostAndPort server, IdleConnection lost) {
    JedisServers.discard(lost.connection());
    Deque<IdleConnection> connections = byServer.get(server);
    if (connections != null) {
      for (IdleConnection each : List.copyOf(connections)) {
        if (each.since() - lost.since() <= 0 && connections.remove(each)) {
          JedisServers.discard(each.connection());
        }
      }
    }
  }

  /** Adds a connection that is no longer in use, or closes it if it is broken. */
  void put(HostAndPort server, Connection connection) {
    if (closed || connection.isBroken()) {
      JedisServers.discard(connection);
      return;
    }
    Deque<IdleConnection> connections =
        byServer.computeIfAbsent(server, key -> new ConcurrentLinkedDeque<>());
    connections.addFirst(new IdleConnection(connection, System.nanoTime()));
    if (closed || byServer.get(server) != connections) {
      closeAll(connections);
    }
  }

  /** Closes the connections to servers that no longer belong to the topology. */
  void closeUnknown(JedisServers servers) {
    for (HostAndPort server : byServer.keySet()) {
      if (!servers.contains(server)) {
        close(server);
      }
    }
  }

  /** Closes the connections to one server. */
  void close(HostAndPort server) {
    Deque<IdleConnection> connections = byServer.remove(server);
    if (connections != null) {
      closeAll(connections);
    }
  }

  private static void closeAll(Deque<IdleConnection> connections) {
    for (IdleConnection first = connections.pollFirst();
        first != null;
        first = connections.pollFirst()) {
      JedisServers.discard(first.connection());
    }
  }

  void close() {
    closed = true;
    byServer.keySet().forEach(this::close);
  }
}
