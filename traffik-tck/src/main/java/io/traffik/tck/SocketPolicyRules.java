package io.traffik.tck;

import static io.traffik.tck.HttpFixture.throttle;
import static io.traffik.tck.WebSocketFixture.PATH;
import static io.traffik.tck.WebSocketFixture.socket;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.traffik.FailurePolicy;
import io.traffik.Throttle;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Messages without a limit, backends that fail, and several throttles. */
interface SocketPolicyRules {

  private static Throttle whenFailing(FailurePolicy policy) {
    return throttle("chat", "2/h").onBackendFailure(policy).build();
  }

  @Test
  default void f1_aFailedBackendLetsPassIfThePolicyIsAllow(WebSocketFixture rig) throws Exception {
    WebSocketFixture.SocketSite site = rig.serve(socket(whenFailing(FailurePolicy.ALLOW)));
    rig.backend().fail(true);
    site.connect(PATH).sends("a", "b", "c").mustBeServed("a", "b", "c");
  }

  @Test
  default void f1_aFailedBackendDeniesIfThePolicyIsDeny(WebSocketFixture rig) throws Exception {
    WebSocketFixture.SocketSite site = rig.serve(socket(whenFailing(FailurePolicy.DENY)));
    rig.backend().fail(true);
    SocketClient client = site.connect(PATH).sends("a").mustBeDenied(0);
    rig.backend().fail(false);
    client.sends("b").mustBeServed("b");
  }

  @Test
  default void f1_aMessageThatNoThrottleCouldDecideIsNotHandledAndTheConnectionEnds(
      WebSocketFixture rig) throws Exception {
    PlannedSocket socket = socket(whenFailing(FailurePolicy.THROW));
    WebSocketFixture.SocketSite site = rig.serve(socket);
    rig.backend().fail(true);
    String heard = site.connect(PATH).sends("a").hears();
    assertTrue(heard.startsWith("closed"), () -> "the connection must end, but: " + heard);
    assertEquals(List.of(), socket.received(), "what the handler received");
    rig.backend().fail(false);
    site.connect(PATH).sends("b").mustBeServed("b");
  }

  @Test
  default void i5_anExemptClientHasNoStateAndNoLimit(WebSocketFixture rig) throws Exception {
    Throttle chat = throttle("chat", "1/h").identifier(HttpFixture.STAFF_EXEMPT).build();
    WebSocketFixture.SocketSite site = rig.serve(socket(chat));
    site.connect(PATH, "X-Staff", "yes").sends("a", "b").mustBeServed("a", "b");
    assertEquals(0, rig.backend().asked("chat"), "times that the backend was asked");
    site.connect(PATH).sends("c", "d").mustBeServed("c").mustBeDenied(3_600);
  }

  @Test
  default void t6_whatEarlierThrottlesTookIsGivenBackIfALaterOneDenies(WebSocketFixture rig)
      throws Exception {
    Throttle wide = throttle("wide", "9/h").build();
    WebSocketFixture.SocketSite site =
        rig.serve(socket(wide, throttle("narrow", "1/h").build(), wide));
    site.connect(PATH).sends("a", "b", "c").mustBeServed("a").mustBeDenied(3_600);
    SocketClient last = site.connect(PATH).sends("d").mustBeDenied(3_600);
    last.pings().mustHear(SocketClient.PONG);
    assertEquals(1, rig.backend().taken("wide"), "tokens taken by 1 allowed message of 4");
  }
}
