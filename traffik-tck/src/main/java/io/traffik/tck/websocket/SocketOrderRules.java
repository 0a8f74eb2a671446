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

/** That messages keep their order and wait for nobody, however long a backend takes. */
interface SocketOrderRules {

  private static ThrottleBuilder slow(String rate, PausedBackend backend) {
    return throttle("slow", rate).backend(backend).onBackendFailure(FailurePolicy.THROW);
  }

  @Test
  default void w3_messagesKeepTheirOrderWhateverThatOfTheDecisions(WebSocketFixture fixture)
      throws Exception {
    PausedBackend held = new PausedBackend(fixture.backend());
    PlannedSocket socket = socket(slow("3/h", held).build());
    SocketClient client = fixture.serve(socket).connect(PATH);
    client.sends("a", "b").sendsBytes(3).sends("d").pings().mustHear(SocketClient.PONG);
    assertEquals(4, held.asked(), "decisions that are asked for");
    for (int last = 3; last >= 0; last--) {
      held.tell(last);
    }
    client.assertServed("a", "b", "3 bytes").assertDenied(1_200);
    assertEquals(List.of("a", "b", "3 bytes"), socket.received(), "what the handler received");
  }

  @Test
  default void w3_aDecisionThatIsWaitedForHoldsNobodyElse(WebSocketFixture fixture)
      throws Exception {
    PausedBackend held = new PausedBackend(fixture.backend());
    WebSocketFixture.SocketSite site =
        fixture.serve(
            socketAt("/slow", slow("9/h", held).build()),
            socketAt("/quick", throttle("quick", "99/h").build()));
    for (int n = 0; n < 8; n++) {
      site.connect("/slow").sends("a");
    }
    SocketClient slow = site.connect("/slow").sends("b").pings().mustHear(SocketClient.PONG);
    for (int n = 0; n < 8; n++) {
      site.connect("/quick").sends("c").assertServed("c");
    }
    held.tellAll();
    slow.assertServed("b");
  }

  @Test
  default void w3_noMoreMessagesWaitThanAreTold(WebSocketFixture fixture) throws Exception {
    PausedBackend held = new PausedBackend(fixture.backend());
    WebSocketThrottling throttling =
        WebSocketThrottling.ofMessages(slow("99/h", held).build()).maxPendingMessages(3);
    SocketClient client = fixture.serve(socket(throttling)).connect(PATH);
    client.sends("a", "b", "c", "d", "e").pings().mustHear(SocketClient.PONG);
    assertEquals(3, held.asked(), "decisions that are asked for, of 5 messages where 3 may wait");
    held.tellAll();
    client.assertServed("a", "b", "c").assertDenied(1).assertDenied(1);
    client.sends("f").pings().mustHear(SocketClient.PONG);
    held.tellAll();
    client.assertServed("f");
  }
}
