package io.traffik.redis.jedis;

import io.traffik.redis.async.AdmissionControl;
import io.traffik.redis.async.AdmissionControl.Mode;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Semaphore;
import redis.clients.jedis.HostAndPort;

/**
 * The lines in which calls to one server wait for a connection, in the order of arrival. Blocking
 * and asynchronous calls have lines and connections of their own.
 *
 * @param admission limits how many calls wait
 * @param blocking one permit per connection for blocking calls
 * @param blockingBatches executes one task per connection for batches whose caller waits
 * @param asynchronous executes one task per connection for asynchronous calls
 */
record ServerLines(
    AdmissionControl admission,
    Semaphore blocking,
    TaskLine blockingBatches,
    TaskLine asynchronous) {

  /** The line of calls that other threads than the callers' send. */
  TaskLine tasks(Mode mode) {
    return mode == Mode.BLOCKING ? blockingBatches : asynchronous;
  }

  /** The lines of all servers. A server that hangs must not delay calls to the others. */
  static final class ByServer {

    private final ConcurrentMap<HostAndPort, ServerLines> lines = new ConcurrentHashMap<>();
    private final JedisExecutor executor;

    ByServer(JedisExecutor executor) {
      this.executor = executor;
    }

    ServerLines of(HostAndPort server) {
      ServerLines existing = lines.get(server);
      return existing != null ? existing : lines.computeIfAbsent(server, key -> create());
    }

    private ServerLines create() {
      return new ServerLines(
          new AdmissionControl(),
          new Semaphore(JedisServers.BLOCKING_CONNECTIONS, true),
          executor.line(JedisServers.BLOCKING_BATCH_CONNECTIONS),
          executor.line(JedisServers.ASYNCHRONOUS_CONNECTIONS));
    }
  }
}
