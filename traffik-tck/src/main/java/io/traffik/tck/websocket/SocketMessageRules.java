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

/** Which messages reach their handler, and in which bucket each is counted. */
interface SocketMessageRules {

  @Test
  default void w1_aDeniedMessageNeverReachesItsHandler(WebSocketFixture fixture) throws Exception {
    PlannedSocket socket = socket(throttle("chat", "2/h").build());
    SocketClient client = fixture.serve(socket).connect(PATH).sends("a", "b", "c", "d");
    client.assertServed("a", "b").assertDenied(1_800).assertDenied(1_800);
    assertEquals(List.of("a", "b"), socket.received(), "what the handler received");
    assertEquals(2, fixture.backend().taken("chat"), "tokens taken by 2 allowed messages");
  }

  @Test
  default void w1_binaryMessagesAreThrottledAsWell(WebSocketFixture fixture) throws Exception {
    PlannedSocket socket = socket(throttle("chat", "2/h").build());
    SocketClient client = fixture.serve(socket).connect(PATH);
    client.sendsBytes(3).sends("a").sendsBytes(5).sends("b");
    client.assertServed("3 bytes", "a").assertDenied(1_800).assertDenied(1_800);
    assertEquals(List.of("3 bytes", "a"), socket.received(), "what the handler received");
  }

  @Test
  default void w1_aMessageCostsWhatItsSizeSays(WebSocketFixture fixture) throws Exception {
    Throttle bytes = throttle("bytes", "10/h").cost(view -> view.messageSize()).build();
    SocketClient client = fixture.serve(socket(bytes)).connect(PATH);
    client.sends("four").sendsBytes(4).sends("four", "aa").sendsBytes(1);
    client.assertServed("four", "4 bytes").assertDenied(720).assertServed("aa").assertDenied(360);
  }

  @Test
  default void w1_severalConnectionsOfOneClientShareABudget(WebSocketFixture fixture)
      throws Exception {
    WebSocketFixture.SocketSite site = fixture.serve(socket(throttle("chat", "2/h").build()));
    SocketClient one = site.connect(PATH).sends("a").assertServed("a");
    site.connect(PATH).sends("b", "c").assertServed("b").assertDenied(1_800);
    one.sends("d").assertDenied(1_800);
  }

  @Test
  default void k2_eachContextIsABudgetOfItsOwn(WebSocketFixture fixture) throws Exception {
    Throttle chat = throttle("chat", "1/h").build();
    Throttle typing = throttle("typing", "2/h").build();
    WebSocketThrottling throttling =
        WebSocketThrottling.ofMessages(chat)
            .context("typing", message -> "typing".equals(message.text()), typing)
            .context("files", message -> message.data() != null, chat);
    SocketClient client = fixture.serve(socket(throttling)).connect(PATH);
    client.sends("typing", "a", "typing", "b", "typing").sendsBytes(1).sendsBytes(1);
    client.assertServed("typing", "a", "typing").assertDenied(3_600).assertDenied(1_800);
    client.assertServed("1 bytes").assertDenied(3_600);
  }

  @Test
  default void k2_anotherPathHasItsOwnBucket(WebSocketFixture fixture) throws Exception {
    Throttle chat = throttle("chat", "1/h").build();
    WebSocketFixture.SocketSite site =
        fixture.serve(socketAt("/one", chat), socketAt("/other", chat));
    for (String path : List.of("/one", "/other")) {
      site.connect(path).sends("a", "b").assertServed("a").assertDenied(3_600);
    }
  }

  @Test
  default void k2_noSpellingOfAPathGivesAFreshBucket(WebSocketFixture fixture) throws Exception {
    PlannedSocket socket = socket(throttle("chat", "1/h").build());
    WebSocketFixture.SocketSite site = fixture.serve(socket);
    site.connect(PATH).sends("a").assertServed("a");
    for (String spelling : List.of("/chat?a=1", "/ch%61t", "/chat;a=1", "/chat/", "//chat")) {
      SocketClient client;
      try {
        client = site.connect(spelling);
      } catch (CompletionException e) {
        // The framework does not take it for the route.
        continue;
      }
      client.sends(spelling).hears();
      assertEquals(
          List.of("a"),
          socket.received(),
          () -> "what the handler received; buckets " + fixture.backend().scopes("chat"));
    }
  }

  @Test
  default void k2_aTemplateIsOneRoute(WebSocketFixture fixture) throws Exception {
    WebSocketFixture.SocketSite site =
        fixture.serve(fixture.template(throttle("chat", "1/h").build()));
    site.connect("/rooms/1").sends("a").assertServed("a");
    site.connect("/rooms/2").sends("b").assertDenied(3_600);
  }

  @Test
  default void i1_aClientIsItsSocketsPeer(WebSocketFixture fixture) throws Exception {
    WebSocketFixture.SocketSite site = fixture.serve(socket(throttle("chat", "9/h").build()));
    site.connect(PATH, "X-Forwarded-For", "192.0.2.1", "Forwarded", "for=192.0.2.1")
        .sends("a")
        .assertServed("a");
    assertEquals(List.of("127.0.0.1"), fixture.backend().identities("chat"), "who the client is");
  }

  @Test
  default void i2_theHeadersOfTheHandshakeAreSeenWhateverTheirCase(WebSocketFixture fixture)
      throws Exception {
    ViewProbe<List<String>> reading =
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
    WebSocketFixture.SocketSite site = fixture.serve(socket(reading.throttle()));
    site.connect(PATH, TestThrottles.CLIENT, "a").sends("a").assertServed("a");
    assertEquals(
        List.of("MESSAGE", "GET", PATH, "a", "a", "null", "false"),
        reading.get(),
        "kind, method, path and headers of a message's view");
  }
}
