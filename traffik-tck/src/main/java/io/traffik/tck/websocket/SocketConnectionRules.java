package io.traffik.tck.websocket;

import static io.traffik.tck.server.TestThrottles.throttle;
import static io.traffik.tck.websocket.WebSocketFixture.PATH;
import static io.traffik.tck.websocket.WebSocketFixture.socket;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.traffik.tck.server.TestThrottles;
import io.traffik.websocket.WebSocketThrottling;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

/** The limit of open connections, and the cost of pings. */
interface SocketConnectionRules {

  private static WebSocketThrottling onePerClient() {
    return WebSocketThrottling.ofMessages(throttle("chat", "9/h").build())
        .client(TestThrottles.BY_HEADER)
        .maxConnections(1);
  }

  @Test
  default void w4_theOpenConnectionsOfEachClientAreLimited(WebSocketFixture fixture)
      throws Exception {
    PlannedSocket socket = socket(onePerClient());
    WebSocketFixture.SocketServer server = fixture.serve(socket);
    SocketClient first = server.connect(PATH, TestThrottles.CLIENT, "a").send("1");
    first.assertServed("1");
    server.connect(PATH, TestThrottles.CLIENT, "a").assertReceives("closed 1013");
    server.connect(PATH, TestThrottles.CLIENT, "b").send("2").assertServed("2");
    first.send("3").assertServed("3");
    assertEquals(List.of("1", "2", "3"), socket.received(), "messages that the handler received");
  }

  @Test
  default void w4_aClosedConnectionLeavesItsPlaceToAnother(WebSocketFixture fixture)
      throws Exception {
    WebSocketFixture.SocketServer server = fixture.serve(socket(onePerClient()));
    server.connect(PATH, TestThrottles.CLIENT, "a").send("1").assertServed("1").close();
    fixture.await(
        () -> isServed(server.connect(PATH, TestThrottles.CLIENT, "a")),
        "another connection must be served after the first one was closed");
  }

  @Test
  default void w4_pingsCanBeCharged(WebSocketFixture fixture) throws Exception {
    WebSocketThrottling throttling =
        WebSocketThrottling.ofMessages(throttle("chat", "9/h").build())
            .pings(throttle("pings", "2/h").build());
    SocketClient client = fixture.serve(socket(throttling)).connect(PATH);
    client.ping().ping().ping().send("a");
    client.assertReceives(SocketClient.PONG, SocketClient.PONG).assertServed("a");
    assertEquals(2, fixture.backend().taken("pings"), "tokens taken by 3 pings");
  }

  private static boolean isServed(SocketClient client) {
    try {
      return client.send("2").receive().equals(PlannedSocket.reply("2"));
    } catch (CompletionException e) {
      // The server closed the connection before the message was sent.
      return false;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    } finally {
      client.close();
    }
  }
}
