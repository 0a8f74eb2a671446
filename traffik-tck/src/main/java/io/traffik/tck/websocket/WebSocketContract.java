package io.traffik.tck.websocket;

import io.traffik.tck.RunningServer;
import io.traffik.tck.http.AdapterContract;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The rules of an adapter for a WebSocket server, as tests. An author of an adapter extends this
 * class, and implements how to start a server:
 *
 * <pre>{@code
 * final class MySocketsTest extends WebSocketContract {
 *
 *   @Override
 *   protected RunningServer start(SocketPlan plan) {
 *     MyServer server = new MyServer();
 *     for (PlannedSocket socket : plan.sockets()) {
 *       server.refuse(socket.path(), socket.handshakes());
 *       server.open(socket.path(), throttled(socket.throttling(), message ->
 *           message.reply(socket.receive(message.text()))));
 *     }
 *     return RunningServer.onPort(server.listen("127.0.0.1", 0), server::stop);
 *   }
 * }
 * }</pre>
 *
 * <p>As in {@link AdapterContract}, each test is named after the rules that it checks, and no test
 * sleeps. Clients use real connections, by the JDK's client or by a plain socket. Override {@link
 * #hasTemplates()} if the framework lacks route templates, and {@link #stopsReading()} if the
 * server stops reading while a decision is pending. Override nothing else.
 */
@ExtendWith(WebSocketFixtureExtension.class)
@Timeout(value = 2, unit = TimeUnit.MINUTES)
public abstract class WebSocketContract
    implements SocketHandshakeRules,
        SocketMessageRules,
        SocketDenialRules,
        SocketOrderRules,
        SocketPolicyRules,
        SocketConnectionRules,
        SocketLoadRules {

  /** Called by subclasses. */
  protected WebSocketContract() {}

  /**
   * Starts a server with throttled WebSockets on a free port of the loopback interface, and returns
   * when it accepts connections.
   *
   * @param plan the WebSockets and the backend of the server
   * @return the server; the kit stops it after the test
   * @throws Exception if the server does not start; the test fails then
   */
  protected abstract RunningServer start(SocketPlan plan) throws Exception;

  /**
   * Whether the framework supports routes with a parameter, by a template ({@code /rooms/{id}}).
   *
   * @return true by default
   */
  protected boolean hasTemplates() {
    return true;
  }

  /**
   * Whether the server reads the next message of a connection only after the decision about the
   * last one. Otherwise messages wait in a queue.
   *
   * @return false by default
   */
  protected boolean stopsReading() {
    return false;
  }
}
