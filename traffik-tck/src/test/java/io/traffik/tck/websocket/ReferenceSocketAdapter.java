package io.traffik.tck.websocket;

import io.traffik.BackendException;
import io.traffik.ConnectionThrottledException;
import io.traffik.http.HttpDenial;
import io.traffik.http.RateLimitHeaders;
import io.traffik.http.RequestPath;
import io.traffik.http.ThrottledRequest;
import io.traffik.spi.DaemonExecutor;
import io.traffik.tck.RunningServer;
import io.traffik.websocket.InboundEvent;
import io.traffik.websocket.MessageChannel;
import io.traffik.websocket.MessageDispatcher;
import io.traffik.websocket.MessageView;
import io.traffik.websocket.ThrottledConnection;
import io.traffik.websocket.WebSocketThrottling;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import org.java_websocket.WebSocket;
import org.java_websocket.WebSocketImpl;
import org.java_websocket.drafts.Draft;
import org.java_websocket.exceptions.InvalidDataException;
import org.java_websocket.exceptions.WebsocketNotConnectedException;
import org.java_websocket.framing.Framedata;
import org.java_websocket.handshake.ClientHandshake;
import org.java_websocket.handshake.ServerHandshakeBuilder;
import org.java_websocket.server.WebSocketServer;

/**
 * A correct adapter of a WebSocket server. Each broken adapter overrides one of its steps. It finds
 * routes by the prefix of the path.
 */
class ReferenceSocketAdapter extends WebSocketContract {

  @Override
  protected RunningServer start(SocketPlan plan) throws InterruptedException {
    Server server = new Server(plan);
    server.start();
    server.started.await();
    return RunningServer.onPort(server.getPort(), () -> server.stop(1_000));
  }

  /** A connection, with the objects that its handshake created. */
  record Line(
      PlannedSocket socket,
      PlannedHandshakeView view,
      WebSocketImpl connection,
      ThrottledConnection throttles,
      MessageDispatcher dispatcher) {}

  PlannedHandshakeView view(SocketPlan plan, WebSocket connection, ClientHandshake request) {
    return new PlannedHandshakeView(plan, connection, request);
  }

  WebSocketThrottling throttling(PlannedSocket socket) {
    return socket.throttling();
  }

  MessageChannel channel(WebSocketImpl connection) {
    return new Channel(connection);
  }

  void enforce(ThrottledRequest request, PlannedSocket socket, PlannedHandshakeView view) {
    request.enforceAll(socket.handshakes(), view);
  }

  void refuse(WebSocketImpl connection, HttpDenial denial) throws IOException {
    StringBuilder head = new StringBuilder("HTTP/1.1 " + denial.status() + " Denied\r\n");
    denial
        .headers()
        .forEach((name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
    head.append("Content-Length: ").append(denial.body().length()).append("\r\n\r\n");
    head.append(denial.body());
    connection
        .getChannel()
        .write(ByteBuffer.wrap(head.toString().getBytes(StandardCharsets.US_ASCII)));
  }

  void open(Line line) {
    line.dispatcher().dispatchOpen(delivery(line, () -> {}));
  }

  void close(Line line) {
    line.throttles().end();
  }

  void text(Line line, String text) {
    line.dispatcher()
        .dispatch(
            MessageView.text(line.view(), text),
            delivery(line, () -> line.connection().send(line.socket().receive(text))));
  }

  void binary(Line line, ByteBuffer data) {
    line.dispatcher()
        .dispatch(
            MessageView.binary(line.view(), data),
            delivery(line, () -> line.connection().send(line.socket().receive(data))));
  }

  void ping(Line line, ByteBuffer payload, Runnable pong) {
    line.dispatcher().dispatchPing(MessageView.binary(line.view(), payload), delivery(line, pong));
  }

  void onHandlerError(Line line, Exception thrown) {
    if (!(thrown instanceof BackendException)) {
      line.connection().close(1011, "failed");
    }
  }

  void onThrottleError(Line line) {
    line.connection().close(1011, "no decision");
  }

  InboundEvent delivery(Line line, Runnable handler) {
    return new InboundEvent() {
      @Override
      public void deliver() {
        handler.run();
      }

      @Override
      public void onHandlerError(Exception thrown) {
        ReferenceSocketAdapter.this.onHandlerError(line, thrown);
      }

      @Override
      public void onThrottleError(Exception thrown) {
        ReferenceSocketAdapter.this.onThrottleError(line);
      }
    };
  }

  /** A channel to a client. Broken adapters override a part of it. */
  static class Channel implements MessageChannel {
    private final WebSocketImpl connection;

    Channel(WebSocketImpl connection) {
      this.connection = connection;
    }

    @Override
    public void send(String text) {
      try {
        connection.send(text);
      } catch (WebsocketNotConnectedException e) {
        // The connection is closed.
      }
    }

    @Override
    public void close(int code, String reason) {
      connection.close(code, reason);
    }

    @Override
    public void abort() {
      connection.closeConnection(1008, "not read");
    }

    @Override
    public int unsentMessages() {
      return connection.outQueue.size();
    }
  }

  private final class Server extends WebSocketServer {
    private final SocketPlan plan;
    private final CountDownLatch started = new CountDownLatch(1);
    private final Executor handlers =
        DaemonExecutor.of("kit-messages-", 2, new LinkedBlockingQueue<>());

    Server(SocketPlan plan) {
      super(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      this.plan = plan;
      setReuseAddr(true);
      setTcpNoDelay(true);
    }

    private PlannedSocket socket(String target) {
      String path = RequestPath.fromTarget(target);
      return plan.sockets().stream()
          .filter(socket -> path.startsWith(socket.path().replace("{id}", "")))
          .findFirst()
          .orElse(plan.sockets().get(0));
    }

    @Override
    public ServerHandshakeBuilder onWebsocketHandshakeReceivedAsServer(
        WebSocket conn, Draft draft, ClientHandshake request) throws InvalidDataException {
      WebSocketImpl connection = (WebSocketImpl) conn;
      PlannedSocket socket = socket(request.getResourceDescriptor());
      PlannedHandshakeView view = view(plan, conn, request);
      view.declared = socket.path();
      ThrottledRequest throttled = new ThrottledRequest();
      try {
        enforce(throttled, socket, view);
      } catch (ConnectionThrottledException e) {
        throw rejection(connection, throttled.denial(e, RateLimitHeaders.STANDARD));
      } catch (BackendException e) {
        throw rejection(connection, throttled.denial(e, RateLimitHeaders.STANDARD));
      }
      ThrottledConnection throttles =
          new ThrottledConnection(throttling(socket), channel(connection), view);
      connection.setAttachment(
          new Line(
              socket,
              view,
              connection,
              throttles,
              new MessageDispatcher(throttles, handlers, failure -> {})));
      return super.onWebsocketHandshakeReceivedAsServer(conn, draft, request);
    }

    private InvalidDataException rejection(WebSocketImpl connection, HttpDenial denial) {
      try {
        refuse(connection, denial);
      } catch (IOException gone) {
        // The client has closed the connection.
      }
      connection.closeConnection(1013, "refused");
      return new InvalidDataException(1013, "refused");
    }

    @Override
    public void onOpen(WebSocket conn, ClientHandshake handshake) {
      ReferenceSocketAdapter.this.open(conn.getAttachment());
    }

    @Override
    public void onMessage(WebSocket conn, String message) {
      text(conn.getAttachment(), message);
    }

    @Override
    public void onMessage(WebSocket conn, ByteBuffer message) {
      binary(conn.getAttachment(), message);
    }

    @Override
    public void onWebsocketPing(WebSocket conn, Framedata frame) {
      ping(conn.getAttachment(), frame.getPayloadData(), () -> super.onWebsocketPing(conn, frame));
    }

    @Override
    public void onClose(WebSocket conn, int code, String reason, boolean remote) {
      Line line = conn.getAttachment();
      if (line != null) {
        close(line);
      }
    }

    @Override
    public void onError(WebSocket conn, Exception thrown) {}

    @Override
    public void onStart() {
      started.countDown();
    }
  }
}
