package io.traffik.tck.websocket;

import static io.traffik.tck.server.TestThrottles.throttle;
import static io.traffik.tck.websocket.WebSocketFixture.PATH;
import static io.traffik.tck.websocket.WebSocketFixture.socket;
import static io.traffik.tck.websocket.WebSocketFixture.socketAt;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.traffik.FailurePolicy;
import io.traffik.ThrottleBuilder;
import io.traffik.websocket.WebSocketThrottling;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Messages keep their order, and a slow backend delays no other connection. */
interface SocketOrderRules {

  private static ThrottleBuilder slow(String rate, PausedBackend backend) {
    return throttle("slow", rate).backend(backend).onBackendFailure(FailurePolicy.THROW);
  }

  @Test
  default void w3_messagesAreDecidedAndHandledInOrderByOneCallAtATime(WebSocketFixture fixture)
      throws Exception {
    PausedBackend paused = new PausedBackend(fixture.backend());
    PlannedSocket socket = socket(slow("3/h", paused).build());
    SocketClient client = fixture.serve(socket).connect(PATH);
    client.send("a", "b").sendBytes(3).send("d");
    fixture.awaitRead(client);
    fixture.await(() -> paused.calls() > 0, "the server must call the backend");
    assertEquals(1, paused.calls(), "calls of the backend before it has answered the first one");
    paused.resume();
    client.assertServed("a", "b", "3 bytes").assertDenied(1_200);
    assertEquals(
        List.of("a", "b", "3 bytes"), socket.received(), "messages that the handler received");
  }

  @Test
  default void w3_aPendingDecisionDoesNotBlockOtherConnections(WebSocketFixture fixture)
      throws Exception {
    PausedBackend paused = new PausedBackend(fixture.backend());
    WebSocketFixture.SocketServer server =
        fixture.serve(
            socketAt("/slow", slow("9/h", paused).build()),
            socketAt("/quick", throttle("quick", "99/h").build()));
    for (int n = 0; n < 8; n++) {
      server.connect("/slow").send("a");
    }
    SocketClient slow = server.connect("/slow").send("b");
    fixture.await(() -> paused.calls() == 9, "each of 9 connections must call the backend");
    for (int n = 0; n < 8; n++) {
      server.connect("/quick").send("c").assertServed("c");
    }
    paused.resume();
    slow.assertServed("b");
  }

  @Test
  default void w3_waitingMessagesAreLimitedOrNotRead(WebSocketFixture fixture) throws Exception {
    PausedBackend paused = new PausedBackend(fixture.backend());
    WebSocketThrottling throttling =
        WebSocketThrottling.ofMessages(slow("99/h", paused).build()).maxPendingMessages(3);
    SocketClient client = fixture.serve(socket(throttling)).connect(PATH);
    client.send("a", "b", "c", "d", "e");
    fixture.awaitRead(client);
    paused.resume();
    client.assertServed("a", "b", "c");
    if (fixture.stopsReading()) {
      client.assertServed("d", "e");
    } else {
      client.assertDenied(1).assertDenied(1);
    }
    client.send("f").assertServed("f");
  }
}
