package io.traffik.tck.websocket;

import io.traffik.Throttle;
import io.traffik.tck.ManualClock;
import io.traffik.tck.RunningServer;
import io.traffik.tck.junit.Fixture;
import io.traffik.tck.server.RecordingBackend;
import io.traffik.tck.server.TestServer;
import io.traffik.websocket.WebSocketThrottling;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Assumptions;

/** A clock, the application's backend, servers and clients of one test of a WebSocket adapter. */
final class WebSocketFixture implements Fixture {

  static final String PATH = "/chat";

  private final WebSocketContract contract;
  private final Deque<AutoCloseable> open = new ArrayDeque<>();
  private final ManualClock clock = new ManualClock();
  private final RecordingBackend backend = new RecordingBackend("application", clock);

  WebSocketFixture(WebSocketContract contract) {
    this.contract = contract;
  }

  RecordingBackend backend() {
    return backend;
  }

  static PlannedSocket socket(Throttle... messages) {
    return socket(WebSocketThrottling.ofMessages(messages));
  }

  static PlannedSocket socket(WebSocketThrottling throttling) {
    return new PlannedSocket(PATH, List.of(), throttling);
  }

  static PlannedSocket socketAt(String path, Throttle... messages) {
    return new PlannedSocket(path, List.of(), WebSocketThrottling.ofMessages(messages));
  }

  PlannedSocket template(Throttle... messages) {
    Assumptions.assumeTrue(contract.hasTemplates(), "The framework has no route templates");
    return socketAt("/rooms/{id}", messages);
  }

  /** The path that most paths match: a template if there are any, otherwise a declared path. */
  String catchAllPath() {
    return contract.hasTemplates() ? "/{id}" : PATH;
  }

  boolean stopsReading() {
    return contract.stopsReading();
  }

  /** Waits until the server has read all messages of a client, if it does not stop reading. */
  void awaitRead(SocketClient client) throws InterruptedException {
    if (!stopsReading()) {
      client.ping().assertReceives(SocketClient.PONG);
    }
  }

  /** Waits for a condition that other threads fulfil, within the time limit of a message. */
  void await(BooleanSupplier condition, String problem) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SocketClient.timeoutSeconds);
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - end > 0) {
        throw new AssertionError(problem + " in " + SocketClient.timeoutSeconds + " seconds");
      }
      Thread.onSpinWait();
    }
  }

  SocketServer serve(PlannedSocket... sockets) throws Exception {
    RunningServer server = contract.start(new SocketPlan(List.of(sockets), backend));
    open.push(server.closing());
    return new SocketServer(server);
  }

  @Override
  public String subject() {
    return contract.getClass().getSimpleName();
  }

  @Override
  public void close() throws Exception {
    while (!open.isEmpty()) {
      open.pop().close();
    }
  }

  /** A server under test, and its clients. */
  final class SocketServer {

    private final RunningServer server;

    SocketServer(RunningServer server) {
      this.server = server;
    }

    /** Sends handshakes as plain HTTP requests. */
    TestServer http() {
      return new TestServer(server);
    }

    SocketClient connect(String path, String... headers) {
      return connect(true, path, headers);
    }

    SocketClient connectWithoutReading(String path, String... headers) {
      return connect(false, path, headers);
    }

    private SocketClient connect(boolean reading, String path, String... headers) {
      URI uri = URI.create(server.uri().toString().replaceFirst("^http", "ws") + path);
      SocketClient client = new SocketClient(uri, reading, headers);
      synchronized (open) {
        open.push(client::close);
      }
      return client;
    }
  }
}
