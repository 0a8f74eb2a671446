package io.traffik.redis.jedis;

import java.util.Deque;
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

  /** An older connection may have been dropped by the network without notice. */
  private static final long MAX_IDLE_NANOS = TimeUnit.SECONDS.toNanos(60);

  private record IdleConnection(Connection connection, long since) {}

  private final ConcurrentMap<HostAndPort, Deque<IdleConnection>> byServer =
      new ConcurrentHashMap<>();
  private volatile boolean closed;

  /** Takes an open connection, or null if there is none. */
  @Nullable Connection poll(HostAndPort server) {
    Deque<IdleConnection> connections = byServer.get(server);
    IdleConnection first = connections == null ? null : connections.pollFirst();
    if (first == null) {
      return null;
    }
    if (System.nanoTime() - first.since() <= MAX_IDLE_NANOS) {
      return first.connection();
    }
    JedisServers.discard(first.connection());
    close(server);
    return null;
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
