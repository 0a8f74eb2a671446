package io.traffik.redis.jedis;

import io.traffik.redis.async.AdmissionControl;
import io.traffik.redis.async.AdmissionControl.Mode;
import io.traffik.redis.async.SingleFlight;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Predicate;
import redis.clients.jedis.HostAndPort;

/**
 * The lines in which calls to one server wait for a connection. Clients are served in turn ({@link
 * FairLine}). Blocking and asynchronous calls have lines of their own. If the server has fewer
 * connections than calls whose turn has come, these wait in a last line, which all share.
 *
 * @param admission limits how many calls wait
 * @param reachability whether the last attempt to connect has failed
 * @param connections one permit per connection to the server
 * @param blocking one permit per connection for blocking calls
 * @param blockingBatches executes one task per connection for batches whose caller waits
 * @param asynchronous executes one task per connection for asynchronous calls
 */
record ServerLines(
    AdmissionControl admission,
    SingleFlight<Boolean> reachability,
    ConnectionPermits connections,
    ConnectionPermits blocking,
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
    private final ConnectionCounts counts;
    private final Predicate<HostAndPort> reconnect;
    private volatile boolean closed;

    /**
     * @param reconnect attempts to connect to a server; may block, and throws if it fails
     */
    ByServer(JedisExecutor executor, ConnectionCounts counts, Predicate<HostAndPort> reconnect) {
      this.executor = executor;
      this.counts = counts;
      this.reconnect = reconnect;
    }

    ServerLines of(HostAndPort server) {
      ServerLines existing = lines.get(server);
      return existing != null ? existing : lines.computeIfAbsent(server, this::create);
    }

    private ServerLines create(HostAndPort server) {
      ServerLines created =
          new ServerLines(
              new AdmissionControl(),
              new SingleFlight<>(
                  () -> executor.submit(() -> reconnect.test(server)),
                  done -> CompletableFuture.completedFuture(done)),
              new ConnectionPermits(counts.total()),
              new ConnectionPermits(counts.blocking()),
              executor.line(counts.blockingBatches()),
              executor.line(counts.asynchronous()));
      if (closed) {
        created.reachability().close();
      }
      return created;
    }

    /** Ends the attempts to connect. */
    void close() {
      closed = true;
      lines.values().forEach(each -> each.reachability().close());
    }
  }
}
