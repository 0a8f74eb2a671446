package io.traffik.tck.websocket;

import static io.traffik.tck.server.TestThrottles.throttle;
import static io.traffik.tck.websocket.WebSocketFixture.PATH;
import static io.traffik.tck.websocket.WebSocketFixture.socket;
import static io.traffik.tck.websocket.WebSocketFixture.socketAt;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.traffik.Throttle;
import io.traffik.tck.server.TestThrottles;
import io.traffik.tck.server.ViewProbe;
import io.traffik.websocket.WebSocketThrottling;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

/** Which messages reach their handler, and which bucket each one takes from. */
interface SocketMessageRules {

  @Test
  default void w1_aDeniedMessageNeverReachesItsHandler(WebSocketFixture fixture) throws Exception {
    PlannedSocket socket = socket(throttle("chat", "2/h").build());
    SocketClient client = fixture.serve(socket).connect(PATH).send("a", "b", "c", "d");
    client.assertServed("a", "b").assertDenied(1_800).assertDenied(1_800);
    assertEquals(List.of("a", "b"), socket.received(), "messages that the handler received");
    assertEquals(2, fixture.backend().taken("chat"), "tokens taken by 2 allowed messages");
  }

  @Test
  default void w1_binaryMessagesAreThrottledAsWell(WebSocketFixture fixture) throws Exception {
    PlannedSocket socket = socket(throttle("chat", "2/h").build());
    SocketClient client = fixture.serve(socket).connect(PATH);
    client.sendBytes(3).send("a").sendBytes(5).send("b");
    client.assertServed("3 bytes", "a").assertDenied(1_800).assertDenied(1_800);
    assertEquals(List.of("3 bytes", "a"), socket.received(), "messages that the handler received");
  }

  @Test
  default void w1_aMessageCanCostItsSize(WebSocketFixture fixture) throws Exception {
    Throttle bytes = throttle("bytes", "10/h").cost(view -> view.messageSize()).build();
    SocketClient client = fixture.serve(socket(bytes)).connect(PATH);
    client.send("four").sendBytes(4).send("four", "aa").sendBytes(1);
    client.assertServed("four", "4 bytes").assertDenied(720).assertServed("aa").assertDenied(360);
  }

  @Test
  default void w1_connectionsOfOneClientShareABucket(WebSocketFixture fixture) throws Exception {
    WebSocketFixture.SocketServer server = fixture.serve(socket(throttle("chat", "2/h").build()));
    SocketClient one = server.connect(PATH).send("a").assertServed("a");
    server.connect(PATH).send("b", "c").assertServed("b").assertDenied(1_800);
    one.send("d").assertDenied(1_800);
  }

  @Test
  default void k2_eachContextHasItsOwnBucket(WebSocketFixture fixture) throws Exception {
    Throttle chat = throttle("chat", "1/h").build();
    Throttle typing = throttle("typing", "2/h").build();
    WebSocketThrottling throttling =
        WebSocketThrottling.ofMessages(chat)
            .context("typing", message -> "typing".equals(message.text()), typing)
            .context("files", message -> message.data() != null, chat);
    SocketClient client = fixture.serve(socket(throttling)).connect(PATH);
    client.send("typing", "a", "typing", "b", "typing").sendBytes(1).sendBytes(1);
    client.assertServed("typing", "a", "typing").assertDenied(3_600).assertDenied(1_800);
    client.assertServed("1 bytes").assertDenied(3_600);
  }

  @Test
  default void k2_anotherPathHasItsOwnBucket(WebSocketFixture fixture) throws Exception {
    Throttle chat = throttle("chat", "1/h").build();
    WebSocketFixture.SocketServer server =
        fixture.serve(socketAt("/one", chat), socketAt("/other", chat));
    for (String path : List.of("/one", "/other")) {
      server.connect(path).send("a", "b").assertServed("a").assertDenied(3_600);
    }
  }

  @Test
  default void k2_noSpellingOfAPathGivesAFreshBucket(WebSocketFixture fixture) throws Exception {
    PlannedSocket socket = socket(throttle("chat", "1/h").build());
    WebSocketFixture.SocketServer server = fixture.serve(socket);
    server.connect(PATH).send("a").assertServed("a");
    for (String spelling : List.of("/chat?a=1", "/ch%61t", "/chat;a=1", "/chat/", "//chat")) {
      SocketClient client;
      try {
        client = server.connect(spelling);
      } catch (CompletionException e) {
        // The framework does not match this path.
        continue;
      }
      client.send(spelling).receive();
      assertEquals(
          List.of("a"),
          socket.received(),
          () ->
              "messages that the handler received; scopes of the buckets "
                  + fixture.backend().scopes("chat"));
    }
  }

  @Test
  default void k2_aTemplateIsOneRoute(WebSocketFixture fixture) throws Exception {
    WebSocketFixture.SocketServer server =
        fixture.serve(fixture.template(throttle("chat", "1/h").build()));
    server.connect("/rooms/1").send("a").assertServed("a");
    server.connect("/rooms/2").send("b").assertDenied(3_600);
  }

  @Test
  default void i1_theClientIsTheSocketsRemoteAddress(WebSocketFixture fixture) throws Exception {
    WebSocketFixture.SocketServer server = fixture.serve(socket(throttle("chat", "9/h").build()));
    server
        .connect(PATH, "X-Forwarded-For", "192.0.2.1", "Forwarded", "for=192.0.2.1")
        .send("a")
        .assertServed("a");
    assertEquals(
        List.of("127.0.0.1"), fixture.backend().identities("chat"), "identities of the clients");
  }

  @Test
  default void handshakeHeadersAreVisibleAndIgnoreCase(WebSocketFixture fixture) throws Exception {
    ViewProbe<List<String>> probe =
        ViewProbe.of(
            view ->
                List.of(
                    view.kind().name(),
                    view.method(),
                    view.path(),
                    String.valueOf(view.header("x-CLIENT")),
                    String.valueOf(view.headers("X-client").iterator().next()),
                    String.valueOf(view.header("X-Absent")),
                    "" + view.headers("X-Absent").iterator().hasNext()));
    WebSocketFixture.SocketServer server = fixture.serve(socket(probe.throttle()));
    server.connect(PATH, TestThrottles.CLIENT, "a").send("a").assertServed("a");
    assertEquals(
        List.of("MESSAGE", "GET", PATH, "a", "a", "null", "false"),
        probe.get(),
        "kind, method, path and headers of a message's view");
  }
}
