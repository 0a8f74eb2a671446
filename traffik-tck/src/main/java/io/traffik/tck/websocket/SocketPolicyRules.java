package io.traffik.tck.websocket;

import static io.traffik.tck.server.TestThrottles.throttle;
import static io.traffik.tck.websocket.WebSocketFixture.PATH;
import static io.traffik.tck.websocket.WebSocketFixture.socket;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.traffik.FailurePolicy;
import io.traffik.Throttle;
import io.traffik.tck.server.TestThrottles;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Messages without a limit, backends that fail, and several throttles. */
interface SocketPolicyRules {

  private static Throttle whenFailing(FailurePolicy policy) {
    return throttle("chat", "2/h").onBackendFailure(policy).build();
  }

  @Test
  default void f1_aFailedBackendLetsPassIfThePolicyIsAllow(WebSocketFixture fixture)
      throws Exception {
    WebSocketFixture.SocketSite site = fixture.serve(socket(whenFailing(FailurePolicy.ALLOW)));
    fixture.backend().fail(true);
    site.connect(PATH).sends("a", "b", "c").assertServed("a", "b", "c");
  }

  @Test
  default void f1_aFailedBackendDeniesIfThePolicyIsDeny(WebSocketFixture fixture) throws Exception {
    WebSocketFixture.SocketSite site = fixture.serve(socket(whenFailing(FailurePolicy.DENY)));
    fixture.backend().fail(true);
    SocketClient client = site.connect(PATH).sends("a").assertDenied(0);
    fixture.backend().fail(false);
    client.sends("b").assertServed("b");
  }

  @Test
  default void f1_aMessageThatNoThrottleCouldDecideIsNotHandledAndTheConnectionEnds(
      WebSocketFixture fixture) throws Exception {
    PlannedSocket socket = socket(whenFailing(FailurePolicy.THROW));
    WebSocketFixture.SocketSite site = fixture.serve(socket);
    fixture.backend().fail(true);
    String heard = site.connect(PATH).sends("a").hears();
    assertTrue(heard.startsWith("closed"), () -> "the connection must end, but: " + heard);
    assertEquals(List.of(), socket.received(), "what the handler received");
    fixture.backend().fail(false);
    site.connect(PATH).sends("b").assertServed("b");
  }

  @Test
  default void i5_anExemptClientHasNoStateAndNoLimit(WebSocketFixture fixture) throws Exception {
    Throttle chat = throttle("chat", "1/h").identifier(TestThrottles.STAFF_EXEMPT).build();
    WebSocketFixture.SocketSite site = fixture.serve(socket(chat));
    site.connect(PATH, "X-Staff", "yes").sends("a", "b").assertServed("a", "b");
    assertEquals(0, fixture.backend().asked("chat"), "times that the backend was asked");
    site.connect(PATH).sends("c", "d").assertServed("c").assertDenied(3_600);
  }

  @Test
  default void t6_whatEarlierThrottlesTookIsGivenBackIfALaterOneDenies(WebSocketFixture fixture)
      throws Exception {
    Throttle wide = throttle("wide", "9/h").build();
    WebSocketFixture.SocketSite site =
        fixture.serve(socket(wide, throttle("narrow", "1/h").build(), wide));
    site.connect(PATH).sends("a", "b", "c").assertServed("a").assertDenied(3_600);
    SocketClient last = site.connect(PATH).sends("d").assertDenied(3_600);
    last.pings().mustHear(SocketClient.PONG);
    assertEquals(1, fixture.backend().taken("wide"), "tokens taken by 1 allowed message of 4");
  }
}
