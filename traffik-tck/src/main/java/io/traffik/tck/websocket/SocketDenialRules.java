package io.traffik.tck.websocket;

import static io.traffik.tck.server.TestThrottles.throttle;
import static io.traffik.tck.websocket.WebSocketFixture.PATH;
import static io.traffik.tck.websocket.WebSocketFixture.socket;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.traffik.Throttle;
import io.traffik.websocket.MessageAnswer;
import io.traffik.websocket.WebSocketThrottling;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The responses to denied messages. */
interface SocketDenialRules {

  private static WebSocketThrottling onePerHour(MessageAnswer answer) {
    return WebSocketThrottling.ofMessages(throttle("chat", "1/h").build()).answer(answer);
  }

  @Test
  default void w2_aDenialIsSentAsAFrameAndTheConnectionStaysOpen(WebSocketFixture fixture)
      throws Exception {
    Throttle staff = throttle("chat", "1/h").cost(v -> v.messageSize() == 4 ? 0 : 1).build();
    SocketClient client = fixture.serve(socket(staff)).connect(PATH);
    client.send("a", "b", "free").assertServed("a").assertDenied(3_600).assertServed("free");
  }

  @Test
  default void w2_anImpossibleCostHasNoRetryAfter(WebSocketFixture fixture) throws Exception {
    Throttle bytes = throttle("bytes", "3/h").cost(view -> view.messageSize()).build();
    SocketClient client = fixture.serve(socket(bytes)).connect(PATH);
    client.send("four", "one").assertDenied(0).assertServed("one");
  }

  private static void assertClosed(WebSocketFixture fixture, MessageAnswer answer, String close)
      throws Exception {
    PlannedSocket socket = socket(onePerHour(answer));
    WebSocketFixture.SocketServer server = fixture.serve(socket);
    SocketClient client = server.connect(PATH).send("a", "b");
    client.assertServed("a").assertReceives(close);
    assertEquals(List.of("a"), socket.received(), "messages that the handler received");
  }

  @Test
  default void w2_theConnectionIsClosedWithTryAgainLater(WebSocketFixture fixture)
      throws Exception {
    assertClosed(fixture, MessageAnswer.closeTryAgainLater(), "closed 1013");
  }

  @Test
  default void w2_theConnectionIsClosedWithPolicyViolation(WebSocketFixture fixture)
      throws Exception {
    assertClosed(fixture, MessageAnswer.closePolicyViolation(), "closed 1008");
  }

  @Test
  default void w2_theMessageIsDroppedSilently(WebSocketFixture fixture) throws Exception {
    PlannedSocket socket = socket(onePerHour(MessageAnswer.drop()));
    SocketClient client = fixture.serve(socket).connect(PATH).send("a", "b", "c").ping();
    client.assertServed("a").assertReceives(SocketClient.PONG);
    assertEquals(List.of("a"), socket.received(), "messages that the handler received");
  }

  @Test
  default void w2_theApplicationSendsItsOwnDenial(WebSocketFixture fixture) throws Exception {
    MessageAnswer own =
        message -> {
          message.send("too fast on " + message.view().path());
          message.close(4_001, "own");
        };
    SocketClient client = fixture.serve(socket(onePerHour(own))).connect(PATH).send("a", "b");
    client.assertServed("a").assertReceives("too fast on " + PATH, "closed 4001");
  }
}
