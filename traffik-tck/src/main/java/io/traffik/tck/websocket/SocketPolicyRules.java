package io.traffik.tck.websocket;

import static io.traffik.tck.server.TestThrottles.throttle;
import static io.traffik.tck.websocket.WebSocketFixture.PATH;
import static io.traffik.tck.websocket.WebSocketFixture.socket;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.traffik.FailurePolicy;
import io.traffik.Throttle;
import io.traffik.tck.server.TestThrottles;
import io.traffik.websocket.WebSocketThrottling;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Exempt clients, failing backends, and several throttles. */
interface SocketPolicyRules {

  private static Throttle whenFailing(FailurePolicy policy) {
    return throttle("chat", "2/h").onBackendFailure(policy).build();
  }

  @Test
  default void f1_aFailedBackendAllowsIfThePolicyIsAllow(WebSocketFixture fixture)
      throws Exception {
    WebSocketFixture.SocketServer server = fixture.serve(socket(whenFailing(FailurePolicy.ALLOW)));
    fixture.backend().fail(true);
    server.connect(PATH).send("a", "b", "c").assertServed("a", "b", "c");
  }

  @Test
  default void f1_aFailedBackendDeniesIfThePolicyIsDeny(WebSocketFixture fixture) throws Exception {
    WebSocketFixture.SocketServer server = fixture.serve(socket(whenFailing(FailurePolicy.DENY)));
    fixture.backend().fail(true);
    SocketClient client = server.connect(PATH).send("a").assertUnavailable();
    fixture.backend().fail(false);
    client.send("b").assertServed("b");
  }

  @Test
  default void l1_aServerStartsWithoutItsStoreAndUsesItLater(WebSocketFixture fixture)
      throws Exception {
    fixture.backend().fail(true);
    WebSocketFixture.SocketServer server = fixture.serve(socket(whenFailing(FailurePolicy.DENY)));
    SocketClient client = server.connect(PATH).send("a").assertUnavailable();
    fixture.backend().fail(false);
    client.send("b").assertServed("b");
  }

  @Test
  default void f6_overloadDeniesWhateverTheFailurePolicy(WebSocketFixture fixture)
      throws Exception {
    for (FailurePolicy policy : FailurePolicy.values()) {
      PlannedSocket socket = socket(whenFailing(policy));
      WebSocketFixture.SocketServer server = fixture.serve(socket);
      fixture.backend().overload(true);
      SocketClient client = server.connect(PATH).send("a").assertUnavailable();
      fixture.backend().overload(false);
      fixture.backend().reset();
      client.send("b").assertServed("b");
      assertEquals(List.of("b"), socket.received(), "messages that the handler received");
    }
  }

  @Test
  default void f1_aMessageThatAFailureLeavesUndecidedIsAnsweredAndNotHandled(
      WebSocketFixture fixture) throws Exception {
    PlannedSocket socket = socket(whenFailing(FailurePolicy.THROW));
    WebSocketFixture.SocketServer server = fixture.serve(socket);
    fixture.backend().fail(true);
    SocketClient client = server.connect(PATH).send("a").assertUnavailable();
    assertEquals(List.of(), socket.received(), "messages that the handler received");
    fixture.backend().fail(false);
    client.send("b").assertServed("b");
  }

  @Test
  default void f1_aConnectionThatAFailureLeavesUndecidedIsClosed(WebSocketFixture fixture)
      throws Exception {
    PlannedSocket socket =
        socket(WebSocketThrottling.ofConnections(whenFailing(FailurePolicy.THROW)));
    WebSocketFixture.SocketServer server = fixture.serve(socket);
    fixture.backend().fail(true);
    server.connect(PATH).assertReceives("closed 1013");
    fixture.backend().fail(false);
    server.connect(PATH).send("b").assertServed("b");
    assertEquals(List.of("b"), socket.received(), "messages that the handler received");
  }

  @Test
  default void f1_aHandshakeThatAFailureLeavesUndecidedIsUnavailable(WebSocketFixture fixture)
      throws Exception {
    WebSocketFixture.SocketServer server =
        fixture.serve(SocketHandshakeRules.refusing(whenFailing(FailurePolicy.THROW)));
    fixture.backend().fail(true);
    server.http().raw("GET", PATH, SocketHandshakeRules.upgrade()).assertUnavailable(1);
    fixture.backend().fail(false);
    server.connect(PATH).send("b").assertServed("b");
  }

  @Test
  default void i5_anExemptClientHasNoStateAndNoLimit(WebSocketFixture fixture) throws Exception {
    Throttle chat = throttle("chat", "1/h").identifier(TestThrottles.STAFF_EXEMPT).build();
    WebSocketFixture.SocketServer server = fixture.serve(socket(chat));
    server.connect(PATH, "X-Staff", "yes").send("a", "b").assertServed("a", "b");
    assertEquals(0, fixture.backend().calls("chat"), "calls of the backend");
    server.connect(PATH).send("c", "d").assertServed("c").assertDenied(3_600);
  }

  @Test
  default void t6_aDenialTakesNothingFromTheOtherThrottles(WebSocketFixture fixture)
      throws Exception {
    Throttle wide = throttle("wide", "9/h").build();
    WebSocketFixture.SocketServer server =
        fixture.serve(socket(wide, throttle("narrow", "1/h").build(), wide));
    server.connect(PATH).send("a", "b", "c").assertServed("a").assertDenied(3_600);
    SocketClient last = server.connect(PATH).send("d").assertDenied(3_600);
    last.ping().assertReceives(SocketClient.PONG);
    assertEquals(1, fixture.backend().charges("wide"), "charges of 1 allowed message of 4");
  }
}
