package io.traffik.javawebsocket;

import io.traffik.BackendLease;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.channels.ByteChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.List;
import org.java_websocket.WebSocketAdapter;
import org.java_websocket.WebSocketImpl;
import org.java_websocket.WebSocketServerFactory;
import org.java_websocket.drafts.Draft;
import org.jspecify.annotations.Nullable;

/** Creates connections through another factory, with a {@link ThrottledListener} for each. */
final class ThrottledFactory implements WebSocketServerFactory {

  private static final Logger LOGGER = System.getLogger(ThrottledWebSockets.class.getName());

  private final ThrottledWebSockets.Settings settings;
  private final WebSocketServerFactory delegate;
  private final @Nullable BackendLease lease;
  private final HandlerThreads threads = new HandlerThreads();

  ThrottledFactory(
      ThrottledWebSockets.Settings settings,
      WebSocketServerFactory delegate,
      @Nullable BackendLease lease) {
    this.settings = settings;
    this.delegate = delegate;
    this.lease = lease;
  }

  @Override
  public WebSocketImpl createWebSocket(WebSocketAdapter server, Draft draft) {
    return delegate.createWebSocket(new ThrottledListener(settings, threads, server), draft);
  }

  @Override
  public WebSocketImpl createWebSocket(WebSocketAdapter server, List<Draft> drafts) {
    return delegate.createWebSocket(new ThrottledListener(settings, threads, server), drafts);
  }

  @Override
  public ByteChannel wrapChannel(SocketChannel channel, SelectionKey key) throws IOException {
    return delegate.wrapChannel(channel, key);
  }

  /** Called when the server stops. Logs a failure of the backend and continues the stop. */
  @Override
  public void close() {
    delegate.close();
    threads.close();
    if (lease == null) {
      return;
    }
    try {
      lease.close();
    } catch (RuntimeException e) {
      LOGGER.log(
          Level.WARNING,
          "Backend \"" + lease.backend().namespace() + "\" could not be released at server stop.",
          e);
    }
  }
}
