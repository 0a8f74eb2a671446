package io.traffik.javawebsocket;

import io.traffik.ConnectionThrottledException;
import io.traffik.Throttle;
import io.traffik.http.ThrottledRequest;
import io.traffik.websocket.MessageDispatcher;
import io.traffik.websocket.MessageView;
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

/** Stands between one connection and the server, and lets by what its throttles allow. */
final class ThrottledListener extends WebSocketAdapter {

  private final ThrottledWebSockets throttles;
  private final WebSocketAdapter server;

  // Set with the handshake, and read by the selector's thread when the connection ends.
  private volatile @Nullable HandshakeView view;
  private volatile @Nullable Throttled throttled;
  private volatile boolean refused;
  private volatile boolean known;

  /** What an open connection has whose messages are throttled. */
  private record Throttled(MessageDispatcher dispatcher, AnswerChannel channel) {}

  ThrottledListener(ThrottledWebSockets throttles, WebSocketAdapter server) {
    this.throttles = throttles;
    this.server = server;
  }

  HandshakeView view() {
    return Objects.requireNonNull(view, "the handshake must be over");
  }

  @Override
  public ServerHandshakeBuilder onWebsocketHandshakeReceivedAsServer(
      WebSocket conn, Draft draft, ClientHandshake request) throws InvalidDataException {
    WebSocketImpl connection = (WebSocketImpl) conn;
    HandshakeView handshake =
        new HandshakeView(conn, request, throttles.backend(), throttles.knownPaths());
    ThrottledRequest hits = new ThrottledRequest();
    try {
      for (Throttle throttle : throttles.handshakeThrottles()) {
        hits.enforce(throttle, handshake);
      }
    } catch (ConnectionThrottledException e) {
      refused = true;
      HandshakeRejection.send(connection, hits.denial(e, throttles.rateLimitHeaders()));
      throw new InvalidDataException(CloseFrame.TRY_AGAIN_LATER, "handshake throttled");
    }
    ServerHandshakeBuilder answer =
        server.onWebsocketHandshakeReceivedAsServer(conn, draft, request);
    hits.headers(throttles.rateLimitHeaders()).forEach(answer::put);
    view = handshake;
    WebSocketThrottling messages = throttles.messagesOn(handshake.path());
    if (messages != null) {
      AnswerChannel channel = new AnswerChannel(connection);
      throttled = new Throttled(new MessageDispatcher(messages, channel), channel);
    }
    return answer;
  }

  @Override
  public void onWebsocketMessage(WebSocket conn, String message) {
    Throttled kept = throttled;
    if (kept == null) {
      server.onWebsocketMessage(conn, message);
    } else if (!kept.channel.isClosing()) {
      kept.dispatcher.dispatch(
          MessageView.text(view(), message),
          received(kept, conn, () -> server.onWebsocketMessage(conn, message)));
    }
  }

  @Override
  public void onWebsocketMessage(WebSocket conn, ByteBuffer blob) {
    Throttled kept = throttled;
    if (kept == null) {
      server.onWebsocketMessage(conn, blob);
    } else if (!kept.channel.isClosing()) {
      // The library makes a buffer for each message.
      kept.dispatcher.dispatch(
          MessageView.binary(view(), blob),
          received(kept, conn, () -> server.onWebsocketMessage(conn, blob)));
    }
  }

  private JavaWebSocketMessage received(Throttled kept, WebSocket conn, Runnable handler) {
    return new JavaWebSocketMessage(server, conn, kept.channel, handler);
  }

  /** The server hears of the end behind the messages that came before it. */
  @Override
  public void onWebsocketClose(WebSocket conn, int code, String reason, boolean remote) {
    Throttled kept = throttled;
    if (kept == null) {
      server.onWebsocketClose(conn, code, reason, remote);
    } else {
      kept.dispatcher.dispatchUnthrottled(
          received(kept, conn, () -> server.onWebsocketClose(conn, code, reason, remote)));
    }
  }

  @Override
  public void onWebsocketClosing(WebSocket conn, int code, String reason, boolean remote) {
    if (!isUnheardOf()) {
      server.onWebsocketClosing(conn, code, reason, remote);
    }
  }

  /** Of a refused connection the library's own answer, which comes too late. */
  @Override
  public void onWriteDemand(WebSocket conn) {
    if (refused) {
      ((WebSocketImpl) conn).outQueue.clear();
    } else {
      server.onWriteDemand(conn);
    }
  }

  @Override
  public void onWebsocketOpen(WebSocket conn, Handshakedata handshake) {
    Throttled kept = throttled;
    if (kept == null) {
      open(conn, handshake);
    } else {
      kept.dispatcher.dispatchOpen(view(), received(kept, conn, () -> open(conn, handshake)));
    }
  }

  private void open(WebSocket conn, Handshakedata handshake) {
    known = true;
    server.onWebsocketOpen(conn, handshake);
  }

  /** Whether the end is of a connection that throttles kept from the server. */
  private boolean isUnheardOf() {
    return refused || (view != null && !known);
  }

  @Override
  public void onWebsocketCloseInitiated(WebSocket conn, int code, String reason) {
    if (!isUnheardOf()) {
      server.onWebsocketCloseInitiated(conn, code, reason);
    }
  }

  @Override
  public void onWebsocketError(WebSocket conn, Exception thrown) {
    server.onWebsocketError(conn, thrown);
  }

  /**
   * A client that does not read gets no more pongs, which would fill memory; nor need it get one
   * for each ping (RFC 6455, section 5.5.3).
   */
  @Override
  public void onWebsocketPing(WebSocket conn, Framedata frame) {
    Throttled kept = throttled;
    if (kept == null || kept.channel.unsentMessages() < ThrottledMessage.MAX_UNSENT) {
      server.onWebsocketPing(conn, frame);
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
