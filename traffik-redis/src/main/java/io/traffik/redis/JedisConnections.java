package io.traffik.redis;

import java.util.Deque;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Connection;
import redis.clients.jedis.HostAndPort;

/**
 * Connections that stand and are idle, by server, the last used first. Taking one never connects,
 * so that a caller's own thread may use it without being held up.
 */
final class JedisConnections {

  /** What was idle for longer may have been cut off on the way without a word. */
  private static final long MOST_IDLE_NANOS = TimeUnit.SECONDS.toNanos(60);

  private record Idle(Connection connection, long since) {}

  private final ConcurrentMap<HostAndPort, Deque<Idle>> idle = new ConcurrentHashMap<>();
  private volatile boolean closed;

  /** A standing connection, or null if there is none. */
  @Nullable Connection poll(HostAndPort server) {
    Deque<Idle> connections = idle.get(server);
    Idle last = connections == null ? null : connections.pollFirst();
    if (last == null) {
      return null;
    }
    if (System.nanoTime() - last.since() <= MOST_IDLE_NANOS) {
      return last.connection();
    }
    discard(last.connection());
    close(server);
    return null;
  }

  /** Keeps a connection that is not in use any more, or closes one that is of no use. */
  void put(HostAndPort server, Connection connection) {
    if (closed || connection.isBroken()) {
      discard(connection);
      return;
    }
    Deque<Idle> connections = idle.computeIfAbsent(server, key -> new ConcurrentLinkedDeque<>());
    connections.addFirst(new Idle(connection, System.nanoTime()));
    if (closed || idle.get(server) != connections) {
      closeAll(connections);
    }
  }

  /** Closes what leads to servers that are not asked any more. */
  void closeUnknown(JedisServers servers) {
    for (HostAndPort server : idle.keySet()) {
      if (!servers.knows(server)) {
        close(server);
      }
    }
  }

  /** Closes what stands to one server. */
  void close(HostAndPort server) {
    Deque<Idle> connections = idle.remove(server);
    if (connections != null) {
      closeAll(connections);
    }
  }

  private static void closeAll(Deque<Idle> connections) {
    for (Idle last = connections.pollFirst(); last != null; last = connections.pollFirst()) {
      discard(last.connection());
    }
  }

  /** As a sound one it would go back to Jedis' pool, and come out of that again. */
  private static void discard(Connection connection) {
    connection.setBroken();
    connection.close();
  }

  void close() {
    closed = true;
    idle.keySet().forEach(this::close);
  }
}
