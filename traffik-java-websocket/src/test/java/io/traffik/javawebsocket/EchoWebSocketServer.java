package io.traffik.javawebsocket;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.java_websocket.WebSocket;
import org.java_websocket.WebSocketServerFactory;
import org.java_websocket.handshake.ClientHandshake;
import org.java_websocket.server.WebSocketServer;

/** A server without any throttling code. It echoes messages and records its events. */
class EchoWebSocketServer extends WebSocketServer implements AutoCloseable {

  final List<String> events = new CopyOnWriteArrayList<>();
  private final CountDownLatch started = new CountDownLatch(1);

  EchoWebSocketServer() {
    super(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    setReuseAddr(true);
    setTcpNoDelay(true);
  }

  static EchoWebSocketServer start(WebSocketServerFactory factory) throws InterruptedException {
    return start(new EchoWebSocketServer(), factory);
  }

  static <T extends EchoWebSocketServer> T start(T server, WebSocketServerFactory factory)
      throws InterruptedException {
    server.setWebSocketFactory(factory);
    server.start();
    ((EchoWebSocketServer) server).started.await();
    return server;
  }

  URI uri(String path) {
    return URI.create("ws://127.0.0.1:" + getPort() + path);
  }

  @Override
  public void onOpen(WebSocket conn, ClientHandshake handshake) {
    events.add("open");
  }

  @Override
  public void onMessage(WebSocket conn, String message) {
    events.add(message);
    conn.send("echo " + message);
  }

  @Override
  public void onMessage(WebSocket conn, ByteBuffer message) {
    events.add(message.remaining() + " bytes");
    conn.send(message);
  }

  @Override
  public void onClose(WebSocket conn, int code, String reason, boolean remote) {
    events.add("close");
  }

  @Override
  public void onClosing(WebSocket conn, int code, String reason, boolean remote) {
    events.add("closing");
  }

  @Override
  public void onError(WebSocket conn, Exception thrown) {
    events.add("error " + thrown.getMessage());
  }

  @Override
  public void onStart() {
    started.countDown();
  }

  @Override
  public void close() {
    try {
      stop(2_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
