package io.traffik.tck.websocket;

import io.traffik.tck.RunningServer;
import io.traffik.tck.http.AdapterContract;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What an adapter of a WebSocket server must do, as tests. An adapter's author extends this class
 * and says how to start a server:
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
 * <p>As with {@link AdapterContract}, each test is named after the rule that it checks, time stands
 * still, clients are real (the JDK's, or a plain socket), and what is overridden is what the
 * framework does not have. Nothing else should be.
 */
@ExtendWith(WebSocketFixtureExtension.class)
@Timeout(value = 2, unit = TimeUnit.MINUTES)
public abstract class WebSocketContract
    implements SocketHandshakeRules,
        SocketMessageRules,
        SocketDenialRules,
        SocketOrderRules,
        SocketPolicyRules,
        SocketLoadRules {

  /** For the classes of adapters' authors. */
  protected WebSocketContract() {}

  /**
   * Starts a server with throttles in front of its WebSockets, on a free port of the loopback
   * interface, and returns when it answers.
   *
   * @param plan what the server must be like
   * @return the server, stopped when the test is over
   * @throws Exception if the server does not start; the test fails then
   */
  protected abstract RunningServer start(SocketPlan plan) throws Exception;

  /**
   * Whether the framework knows of routes with a parameter, by a template ({@code /rooms/{id}}).
   *
   * @return true unless overridden
   */
  protected boolean hasTemplates() {
    return true;
  }
}
