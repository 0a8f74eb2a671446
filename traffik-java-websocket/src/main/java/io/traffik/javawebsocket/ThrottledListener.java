package io.traffik.javawebsocket;

import io.traffik.ConnectionThrottledException;
import io.traffik.Throttle;
import io.traffik.http.ThrottledRequest;
import io.traffik.websocket.MessageGate;
import io.traffik.websocket.MessageView;
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
  private volatile @Nullable MessageGate gate;
  private volatile boolean refused;
  private volatile boolean known;

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
    ThrottledRequest throttled = new ThrottledRequest();
    try {
      for (Throttle throttle : throttles.handshakeThrottles()) {
        throttled.enforce(throttle, handshake);
      }
    } catch (ConnectionThrottledException e) {
      refused = true;
      Refusal.send(connection, throttled.denial(e, throttles.quotaFields()));
      throw new InvalidDataException(CloseFrame.TRY_AGAIN_LATER, "handshake throttled");
    }
    ServerHandshakeBuilder answer =
        server.onWebsocketHandshakeReceivedAsServer(conn, draft, request);
    throttled.fields(throttles.quotaFields()).forEach(answer::put);
    view = handshake;
    WebSocketThrottling messages = throttles.messagesOn(handshake.path());
    if (messages != null) {
      gate = new MessageGate(messages, new AnswerChannel(connection));
    }
    return answer;
  }

  @Override
  public void onWebsocketMessage(WebSocket conn, String message) {
    MessageGate kept = gate;
    if (kept == null) {
      server.onWebsocketMessage(conn, message);
    } else {
      kept.message(
          MessageView.text(view(), message),
          received(conn, () -> server.onWebsocketMessage(conn, message)));
    }
  }

  @Override
  public void onWebsocketMessage(WebSocket conn, ByteBuffer blob) {
    MessageGate kept = gate;
    if (kept == null) {
      server.onWebsocketMessage(conn, blob);
    } else {
      // The library makes a buffer for each message.
      kept.message(
          MessageView.binary(view(), blob),
          received(conn, () -> server.onWebsocketMessage(conn, blob)));
    }
  }

  private Received received(WebSocket conn, Runnable handler) {
    return new Received(server, (WebSocketImpl) conn, handler);
  }

  /** The server hears of the end behind the messages that came before it. */
  @Override
  public void onWebsocketClose(WebSocket conn, int code, String reason, boolean remote) {
    MessageGate kept = gate;
    if (kept == null) {
      server.onWebsocketClose(conn, code, reason, remote);
    } else {
      kept.pass(received(conn, () -> server.onWebsocketClose(conn, code, reason, remote)));
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
    MessageGate kept = gate;
    if (kept == null) {
      open(conn, handshake);
    } else {
      kept.open(view(), received(conn, () -> open(conn, handshake)));
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

  @Override
  public void onWebsocketPing(WebSocket conn, Framedata frame) {
    server.onWebsocketPing(conn, frame);
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
