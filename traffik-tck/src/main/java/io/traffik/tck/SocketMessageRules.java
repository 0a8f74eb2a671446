package io.traffik.tck;

import static io.traffik.tck.HttpFixture.throttle;
import static io.traffik.tck.WebSocketFixture.PATH;
import static io.traffik.tck.WebSocketFixture.socket;
import static io.traffik.tck.WebSocketFixture.socketAt;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.traffik.Throttle;
import io.traffik.websocket.WebSocketThrottling;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

/** Which messages reach their handler, and in which bucket each is counted. */
interface SocketMessageRules {

  @Test
  default void w1_aDeniedMessageNeverReachesItsHandler(WebSocketFixture rig) throws Exception {
    PlannedSocket socket = socket(throttle("chat", "2/h").build());
    SocketClient client = rig.serve(socket).connect(PATH).sends("a", "b", "c", "d");
    client.mustBeServed("a", "b").mustBeDenied(1_800).mustBeDenied(1_800);
    assertEquals(List.of("a", "b"), socket.received(), "what the handler received");
    assertEquals(2, rig.backend().taken("chat"), "tokens taken by 2 allowed messages");
  }

  @Test
  default void w1_binaryMessagesAreThrottledAsWell(WebSocketFixture rig) throws Exception {
    PlannedSocket socket = socket(throttle("chat", "2/h").build());
    SocketClient client = rig.serve(socket).connect(PATH);
    client.sendsBytes(3).sends("a").sendsBytes(5).sends("b");
    client.mustBeServed("3 bytes", "a").mustBeDenied(1_800).mustBeDenied(1_800);
    assertEquals(List.of("3 bytes", "a"), socket.received(), "what the handler received");
  }

  @Test
  default void w1_aMessageCostsWhatItsSizeSays(WebSocketFixture rig) throws Exception {
    Throttle bytes = throttle("bytes", "10/h").cost(view -> view.messageSize()).build();
    SocketClient client = rig.serve(socket(bytes)).connect(PATH);
    client.sends("four").sendsBytes(4).sends("four", "aa").sendsBytes(1);
    client.mustBeServed("four", "4 bytes").mustBeDenied(720).mustBeServed("aa").mustBeDenied(360);
  }

  @Test
  default void w1_severalConnectionsOfOneClientShareABudget(WebSocketFixture rig) throws Exception {
    WebSocketFixture.SocketSite site = rig.serve(socket(throttle("chat", "2/h").build()));
    SocketClient one = site.connect(PATH).sends("a").mustBeServed("a");
    site.connect(PATH).sends("b", "c").mustBeServed("b").mustBeDenied(1_800);
    one.sends("d").mustBeDenied(1_800);
  }

  @Test
  default void k2_eachContextIsABudgetOfItsOwn(WebSocketFixture rig) throws Exception {
    Throttle chat = throttle("chat", "1/h").build();
    Throttle typing = throttle("typing", "2/h").build();
    WebSocketThrottling throttling =
        WebSocketThrottling.ofMessages(chat)
            .context("typing", message -> "typing".equals(message.text()), typing)
            .context("files", message -> message.data() != null, chat);
    SocketClient client = rig.serve(socket(throttling)).connect(PATH);
    client.sends("typing", "a", "typing", "b", "typing").sendsBytes(1).sendsBytes(1);
    client.mustBeServed("typing", "a", "typing").mustBeDenied(3_600).mustBeDenied(1_800);
    client.mustBeServed("1 bytes").mustBeDenied(3_600);
  }

  @Test
  default void k2_anotherPathHasItsOwnBucket(WebSocketFixture rig) throws Exception {
    Throttle chat = throttle("chat", "1/h").build();
    WebSocketFixture.SocketSite site = rig.serve(socketAt("/one", chat), socketAt("/other", chat));
    for (String path : List.of("/one", "/other")) {
      site.connect(path).sends("a", "b").mustBeServed("a").mustBeDenied(3_600);
    }
  }

  @Test
  default void k2_noSpellingOfAPathGivesAFreshBucket(WebSocketFixture rig) throws Exception {
    PlannedSocket socket = socket(throttle("chat", "1/h").build());
    WebSocketFixture.SocketSite site = rig.serve(socket);
    site.connect(PATH).sends("a").mustBeServed("a");
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
          () -> "what the handler received; buckets " + rig.backend().scopes("chat"));
    }
  }

  @Test
  default void k2_aTemplateIsOneRoute(WebSocketFixture rig) throws Exception {
    WebSocketFixture.SocketSite site = rig.serve(rig.template(throttle("chat", "1/h").build()));
    site.connect("/rooms/1").sends("a").mustBeServed("a");
    site.connect("/rooms/2").sends("b").mustBeDenied(3_600);
  }

  @Test
  default void i1_aClientIsItsSocketsPeer(WebSocketFixture rig) throws Exception {
    WebSocketFixture.SocketSite site = rig.serve(socket(throttle("chat", "9/h").build()));
    site.connect(PATH, "X-Forwarded-For", "192.0.2.1", "Forwarded", "for=192.0.2.1")
        .sends("a")
        .mustBeServed("a");
    assertEquals(List.of("127.0.0.1"), rig.backend().identities("chat"), "who the client is");
  }

  @Test
  default void i2_theHeadersOfTheHandshakeAreSeenWhateverTheirCase(WebSocketFixture rig)
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
    WebSocketFixture.SocketSite site = rig.serve(socket(reading.throttle()));
    site.connect(PATH, HttpFixture.CLIENT, "a").sends("a").mustBeServed("a");
    assertEquals(
        List.of("MESSAGE", "GET", PATH, "a", "a", "null", "false"),
        reading.get(),
        "kind, method, path and headers of a message's view");
  }
}
