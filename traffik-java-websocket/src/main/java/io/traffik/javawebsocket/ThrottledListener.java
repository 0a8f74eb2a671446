package io.traffik.javawebsocket;

import io.traffik.BackendException;
import io.traffik.ConfigurationException;
import io.traffik.ConnectionThrottledException;
import io.traffik.http.HttpDenial;
import io.traffik.http.ThrottledRequest;
import io.traffik.websocket.MessageDispatcher;
import io.traffik.websocket.MessageView;
import io.traffik.websocket.ThrottledConnection;
import io.traffik.websocket.ThrottledMessage;
import io.traffik.websocket.WebSocketThrottling;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.java_websocket.WebSocket;
import org.java_websocket.WebSocketAdapter;
import org.java_websocket.WebSocketImpl;
import org.java_websocket.drafts.Draft;
import org.java_websocket.exceptions.InvalidDataException;
import org.java_websocket.framing.CloseFrame;
import org.java_websocket.framing.Framedata;
import org.java_websocket.framing.PingFrame;
import org.java_websocket.handshake.ClientHandshake;
import org.java_websocket.handshake.Handshakedata;
import org.java_websocket.handshake.ServerHandshake;
import org.java_websocket.handshake.ServerHandshakeBuilder;
import org.jspecify.annotations.Nullable;

/** Filters the events of one connection: the server receives only what its throttles allow. */
final class ThrottledListener extends WebSocketAdapter {

  private final ThrottledWebSockets.Settings settings;
  private final HandlerThreads threads;
  private final WebSocketAdapter server;

  // Set at the handshake; read by the selector thread when the connection ends.
  private volatile @Nullable HandshakeView view;
  private volatile @Nullable OpenConnection openConnection;
  private volatile boolean rejected;
  private volatile boolean opened;
  private volatile boolean ended;

  /** The state of an open connection with throttled messages. */
  private record OpenConnection(
      ThrottledConnection throttles, MessageDispatcher dispatcher, JavaWebSocketChannel channel) {}

  ThrottledListener(
      ThrottledWebSockets.Settings settings, HandlerThreads threads, WebSocketAdapter server) {
    this.settings = settings;
    this.threads = threads;
    this.server = server;
  }

  HandshakeView view() {
    return Objects.requireNonNull(view, "the handshake must be complete");
  }

  @Override
  public ServerHandshakeBuilder onWebsocketHandshakeReceivedAsServer(
      WebSocket conn, Draft draft, ClientHandshake request) throws InvalidDataException {
    WebSocketImpl connection = (WebSocketImpl) conn;
    if (HandshakeView.isMalformed(request)) {
      rejected = true;
      HandshakeRejection.sendBadRequest(connection);
      throw new InvalidDataException(
          CloseFrame.PROTOCOL_ERROR, "The request target contains a control character.");
    }
    HandshakeView handshake =
        new HandshakeView(conn, request, settings.backend, settings.declaredPaths);
    ThrottledRequest throttledRequest = new ThrottledRequest();
    try {
      throttledRequest.enforceAll(settings.handshakes, handshake);
    } catch (ConnectionThrottledException e) {
      throw rejection(connection, throttledRequest.denial(e, settings.rateLimitHeaders));
    } catch (BackendException e) {
      onWebsocketError(conn, e);
      throw rejection(connection, throttledRequest.denial(e, settings.rateLimitHeaders));
    }
    ServerHandshakeBuilder response =
        server.onWebsocketHandshakeReceivedAsServer(conn, draft, request);
    throttledRequest.headers(settings.rateLimitHeaders).forEach(response::put);
    view = handshake;
    WebSocketThrottling messages = settings.throttlingOf(handshake.path());
    if (messages != null) {
      OpenConnection created = openConnection(messages, connection, handshake);
      openConnection = created;
      if (ended) {
        created.throttles.end();
      }
    }
    return response;
  }

  private InvalidDataException rejection(WebSocketImpl connection, HttpDenial denial) {
    rejected = true;
    HandshakeRejection.send(connection, denial);
    return new InvalidDataException(CloseFrame.TRY_AGAIN_LATER, "Handshake throttled.");
  }

  /** Called on the worker thread of the connection, which receives all of its messages. */
  private OpenConnection openConnection(
      WebSocketThrottling messages, WebSocketImpl connection, HandshakeView handshake) {
    JavaWebSocketChannel channel = new JavaWebSocketChannel(connection);
    ThrottledConnection throttles = new ThrottledConnection(messages, channel, handshake);
    return new OpenConnection(
        throttles,
        new MessageDispatcher(
            throttles,
            threads.of(Thread.currentThread()),
            thrown -> onWebsocketError(connection, thrown)),
        channel);
  }

  @Override
  public void onWebsocketMessage(WebSocket conn, String message) {
    OpenConnection current = openConnection;
    if (current == null) {
      server.onWebsocketMessage(conn, message);
    } else if (!current.channel.isClosing()) {
      current.dispatcher.dispatch(
          MessageView.text(view(), message),
          event(current, conn, () -> server.onWebsocketMessage(conn, message)));
    }
  }

  @Override
  public void onWebsocketMessage(WebSocket conn, ByteBuffer blob) {
    OpenConnection current = openConnection;
    if (current == null) {
      server.onWebsocketMessage(conn, blob);
    } else if (!current.channel.isClosing()) {
      // The library allocates a buffer for each message, so it can be used later.
      current.dispatcher.dispatch(
          MessageView.binary(view(), blob),
          event(current, conn, () -> server.onWebsocketMessage(conn, blob)));
    }
  }

  private JavaWebSocketEvent event(OpenConnection current, WebSocket conn, Runnable handler) {
    return new JavaWebSocketEvent(this, conn, current.channel, handler);
  }

  /** Notifies the server of the close after all earlier messages. */
  @Override
  public void onWebsocketClose(WebSocket conn, int code, String reason, boolean remote) {
    // Another thread may be deciding the handshake.
    ended = true;
    OpenConnection current = openConnection;
    if (current == null) {
      server.onWebsocketClose(conn, code, reason, remote);
    } else {
      current.throttles.end();
      current.dispatcher.dispatchUnthrottled(
          event(current, conn, () -> server.onWebsocketClose(conn, code, reason, remote)));
    }
  }

  @Override
  public void onWebsocketClosing(WebSocket conn, int code, String reason, boolean remote) {
    if (!isHidden()) {
      server.onWebsocketClosing(conn, code, reason, remote);
    }
  }

  /** Discards the library's own response to a rejected handshake. */
  @Override
  public void onWriteDemand(WebSocket conn) {
    if (rejected) {
      ((WebSocketImpl) conn).outQueue.clear();
    } else {
      server.onWriteDemand(conn);
    }
  }

  @Override
  public void onWebsocketOpen(WebSocket conn, Handshakedata handshake) {
    OpenConnection current = openConnection;
    if (current == null) {
      open(conn, handshake);
    } else {
      current.dispatcher.dispatchOpen(event(current, conn, () -> open(conn, handshake)));
    }
  }

  private void open(WebSocket conn, Handshakedata handshake) {
    opened = true;
    server.onWebsocketOpen(conn, handshake);
  }

  /** Whether the server was never notified of this connection. */
  private boolean isHidden() {
    return rejected || (view != null && !opened);
  }

  @Override
  public void onWebsocketCloseInitiated(WebSocket conn, int code, String reason) {
    if (!isHidden()) {
      server.onWebsocketCloseInitiated(conn, code, reason);
    }
  }

  @Override
  public void onWebsocketError(WebSocket conn, Exception thrown) {
    server.onWebsocketError(conn, withRemedy(thrown));
  }

  private Exception withRemedy(Exception thrown) {
    return settings.backend == null && thrown instanceof ConfigurationException e
        ? e.withRemedy(
            "In this server, ThrottledWebSockets.handshakes(…).backend(…) sets the backend.")
        : thrown;
  }

  /**
   * Sends no pongs to a client that does not read, because they would fill the memory. Pings may
   * remain unanswered (RFC 6455, section 5.5.3).
   */
  @Override
  public void onWebsocketPing(WebSocket conn, Framedata frame) {
    OpenConnection current = openConnection;
    if (current == null) {
      server.onWebsocketPing(conn, frame);
    } else if (current.channel.unsentMessages() < ThrottledMessage.MAX_UNSENT) {
      current.dispatcher.dispatchPing(
          MessageView.binary(view(), frame.getPayloadData()),
          event(current, conn, () -> server.onWebsocketPing(conn, frame)));
    }
  }

  @Override
  public PingFrame onPreparePing(WebSocket conn) {
    return server.onPreparePing(conn);
  }

  @Override
  public void onWebsocketPong(WebSocket conn, Framedata frame) {
    server.onWebsocketPong(conn, frame);
  }

  @Override
  public void onWebsocketHandshakeReceivedAsClient(
      WebSocket conn, ClientHandshake request, ServerHandshake response)
      throws InvalidDataException {
    server.onWebsocketHandshakeReceivedAsClient(conn, request, response);
  }

  @Override
  public void onWebsocketHandshakeSentAsClient(WebSocket conn, ClientHandshake request)
      throws InvalidDataException {
    server.onWebsocketHandshakeSentAsClient(conn, request);
  }

  @Override
  public InetSocketAddress getLocalSocketAddress(WebSocket conn) {
    return server.getLocalSocketAddress(conn);
  }

  @Override
  public InetSocketAddress getRemoteSocketAddress(WebSocket conn) {
    return server.getRemoteSocketAddress(conn);
  }
}
