package io.traffik.redis.lettuce;

import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.event.Event;
import io.lettuce.core.event.connection.ReconnectFailedEvent;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;

/**
 * Follows a connection that Lettuce reconnects by itself. While the first attempt after a loss is
 * in progress, there is no failure; after it, there is one until an attempt succeeds. Thread-safe.
 */
final class ConnectionMonitor implements RedisConnectionStateListener {

  private final StatefulConnection<?, ?> connection;
  private final @Nullable String host;
  private final int port;
  private final Disposable events;
  private final AtomicReference<CompletableFuture<Boolean>> change =
      new AtomicReference<>(new CompletableFuture<>());
  private volatile boolean connected;
  private volatile @Nullable Throwable failure;

  /**
   * @param host the host of the connection; null if its client has no other connection
   */
  private ConnectionMonitor(StatefulConnection<?, ?> connection, @Nullable String host, int port) {
    this.connection = connection;
    this.host = host;
    this.port = port;
    this.events = connection.getResources().eventBus().get().subscribe(this::accept);
  }

  /** Follows the only connection of a client. */
  static ConnectionMonitor ofOnly(StatefulConnection<?, ?> connection) {
    return start(connection, new ConnectionMonitor(connection, null, 0));
  }

  /** Follows the connection to a node of a cluster. */
  static ConnectionMonitor of(StatefulConnection<?, ?> connection, String host, int port) {
    return start(connection, new ConnectionMonitor(connection, host, port));
  }

  private static ConnectionMonitor start(
      StatefulConnection<?, ?> connection, ConnectionMonitor monitor) {
    connection.addListener(monitor);
    monitor.connected = connection.isOpen();
    return monitor;
  }

  /** Completes at the next change: a loss, a failed attempt, or a success. */
  CompletableFuture<Boolean> change() {
    return Objects.requireNonNull(change.get());
  }

  /** Why the last attempt has failed; null if connected, and while the first attempt continues. */
  @Nullable Throwable failure() {
    return failure;
  }

  @Override
  public void onRedisConnected(RedisChannelHandler<?, ?> connection, SocketAddress address) {
    failure = null;
    connected = true;
    notifyOfChange();
  }

  @Override
  public void onRedisDisconnected(RedisChannelHandler<?, ?> connection) {
    // An attempt whose handshake fails disconnects, too.
    if (connected) {
      connected = false;
      failure = null;
      notifyOfChange();
    }
  }

  private void accept(Event event) {
    if (event instanceof ReconnectFailedEvent failed
        && !connected
        && isOfThisConnection(failed.remoteAddress())) {
      failure = failed.getCause();
      notifyOfChange();
    }
  }

  private boolean isOfThisConnection(SocketAddress address) {
    if (host == null) {
      return true;
    }
    return address instanceof InetSocketAddress remote
        && remote.getPort() == port
        && (remote.getHostString().equals(host) || host.equals(literal(remote)));
  }

  private static @Nullable String literal(InetSocketAddress remote) {
    return remote.getAddress() == null ? null : remote.getAddress().getHostAddress();
  }

  private void notifyOfChange() {
    Objects.requireNonNull(change.getAndSet(new CompletableFuture<>())).complete(true);
  }

  void close() {
    events.dispose();
    // A connection of the caller outlives the backend, and would keep its class loader.
    connection.removeListener(this);
  }
}
