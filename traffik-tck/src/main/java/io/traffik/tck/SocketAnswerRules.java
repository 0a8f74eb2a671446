package io.traffik.tck;

import static io.traffik.tck.HttpFixture.throttle;
import static io.traffik.tck.WebSocketFixture.PATH;
import static io.traffik.tck.WebSocketFixture.socket;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.traffik.Throttle;
import io.traffik.websocket.MessageAnswer;
import io.traffik.websocket.WebSocketThrottling;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How throttled messages are answered. */
interface SocketAnswerRules {

  private static WebSocketThrottling onePerHour(MessageAnswer answer) {
    return WebSocketThrottling.ofMessages(throttle("chat", "1/h").build()).answer(answer);
  }

  @Test
  default void w2_theAnswerIsAFrameAndTheConnectionStaysOpen(WebSocketFixture rig)
      throws Exception {
    Throttle staff = throttle("chat", "1/h").cost(v -> v.messageSize() == 4 ? 0 : 1).build();
    SocketClient client = rig.serve(socket(staff)).connect(PATH);
    client.sends("a", "b", "free").mustBeServed("a").mustBeDenied(3_600).mustBeServed("free");
  }

  @Test
  default void w2_whatNeverFitsIsToldNoTimeToRetry(WebSocketFixture rig) throws Exception {
    Throttle bytes = throttle("bytes", "3/h").cost(view -> view.messageSize()).build();
    SocketClient client = rig.serve(socket(bytes)).connect(PATH);
    client.sends("four", "one").mustBeDenied(0).mustBeServed("one");
  }

  private static void assertClosed(WebSocketFixture rig, MessageAnswer answer, String close)
      throws Exception {
    PlannedSocket socket = socket(onePerHour(answer));
    WebSocketFixture.SocketSite site = rig.serve(socket);
    SocketClient client = site.connect(PATH).sends("a", "b");
    client.mustBeServed("a").mustHear(close);
    assertEquals(List.of("a"), socket.received(), "what the handler received");
  }

  @Test
  default void w2_theConnectionIsClosedWithTryAgainLater(WebSocketFixture rig) throws Exception {
    assertClosed(rig, MessageAnswer.closeTryAgainLater(), "closed 1013");
  }

  @Test
  default void w2_theConnectionIsClosedWithPolicyViolation(WebSocketFixture rig) throws Exception {
    assertClosed(rig, MessageAnswer.closePolicyViolation(), "closed 1008");
  }

  @Test
  default void w2_theMessageIsDroppedInSilence(WebSocketFixture rig) throws Exception {
    PlannedSocket socket = socket(onePerHour(MessageAnswer.drop()));
    SocketClient client = rig.serve(socket).connect(PATH).sends("a", "b", "c").pings();
    client.mustBeServed("a").mustHear(SocketClient.PONG);
    assertEquals(List.of("a"), socket.received(), "what the handler received");
  }

  @Test
  default void w2_theApplicationAnswersItself(WebSocketFixture rig) throws Exception {
    MessageAnswer own =
        message -> {
          message.send("too fast on " + message.view().path());
          message.close(4_001, "own");
        };
    SocketClient client = rig.serve(socket(onePerHour(own))).connect(PATH).sends("a", "b");
    client.mustBeServed("a").mustHear("too fast on " + PATH, "closed 4001");
  }
}
