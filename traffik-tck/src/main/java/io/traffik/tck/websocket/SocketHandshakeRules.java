package io.traffik.tck.websocket;

import static io.traffik.tck.server.TestThrottles.throttle;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.traffik.Throttle;
import io.traffik.tck.server.ReceivedResponse;
import io.traffik.tck.server.ReportedQuota;
import io.traffik.websocket.WebSocketThrottling;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Throttled handshakes and connections. */
interface SocketHandshakeRules {

  /** The header lines of a WebSocket handshake (RFC 6455, section 4.1). */
  static String[] upgrade() {
    return new String[] {
      "Upgrade: websocket",
      "Connection: Upgrade",
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
      "Sec-WebSocket-Version: 13"
    };
  }

  static PlannedSocket refusing(Throttle... handshakes) {
    return new PlannedSocket(
        WebSocketFixture.PATH,
        List.of(handshakes),
        WebSocketThrottling.ofMessages(throttle("chat", "9/h").build()));
  }

  @Test
  default void w1_h1_aDeniedHandshakeGetsTheResponseOfADeniedRequest(WebSocketFixture fixture)
      throws Exception {
    PlannedSocket socket = refusing(throttle("api", "1/h").build());
    WebSocketFixture.SocketServer server = fixture.serve(socket);
    SocketClient first = server.connect(WebSocketFixture.PATH).send("a").assertServed("a");
    server
        .http()
        .raw("GET", WebSocketFixture.PATH, upgrade())
        .assertDenied("api", 3_600, new ReportedQuota("api", 1, 3_600, 0, 3_600));
    first.send("b").assertServed("b");
    assertEquals(1, fixture.backend().taken("api"), "tokens taken by 1 allowed handshake");
  }

  @Test
  default void w1_t6_aHandshakeThatALaterThrottleDeniesCostsNothing(WebSocketFixture fixture)
      throws Exception {
    PlannedSocket socket = refusing(throttle("api", "9/h").build(), throttle("few", "1/h").build());
    WebSocketFixture.SocketServer server = fixture.serve(socket);
    server.connect(WebSocketFixture.PATH).send("a").assertServed("a");
    server.http().raw("GET", WebSocketFixture.PATH, upgrade()).assertStatus(429);
    assertEquals(1, fixture.backend().taken("api"), "tokens taken by 1 allowed handshake of 2");
  }

  @Test
  default void w1_aConnectionThatIsDeniedOnOpenIsClosed(WebSocketFixture fixture) throws Exception {
    PlannedSocket socket =
        WebSocketFixture.socket(WebSocketThrottling.ofConnections(throttle("api", "1/h").build()));
    WebSocketFixture.SocketServer server = fixture.serve(socket);
    SocketClient first = server.connect(WebSocketFixture.PATH).send("a").assertServed("a");
    server.connect(WebSocketFixture.PATH).assertReceives("closed 1013");
    first.send("b").assertServed("b");
    assertEquals(List.of("a", "b"), socket.received(), "messages that the handler received");
  }

  @Test
  default void k2_theQueryOfAHandshakeGivesNoFreshBucket(WebSocketFixture fixture)
      throws Exception {
    WebSocketFixture.SocketServer server = fixture.serve(refusing(throttle("api", "1/h").build()));
    server.connect(WebSocketFixture.PATH + "?a=1").send("a").assertServed("a");
    ReceivedResponse response = server.http().raw("GET", WebSocketFixture.PATH + "?a=2", upgrade());
    assertTrue(
        response.status() == 429,
        () ->
            "another query must not lead to another bucket; scopes of the buckets "
                + fixture.backend().scopes("api")
                + ": "
                + response);
  }

  /** Paths that match no route may share one bucket, which is exhausted first. */
  @Test
  default void k2_noSpellingOfAHandshakeGivesAFreshBucket(WebSocketFixture fixture)
      throws Exception {
    WebSocketFixture.SocketServer server = fixture.serve(refusing(throttle("api", "1/h").build()));
    assertEquals(101, server.http().raw("GET", "/chat", upgrade()).status(), "the first handshake");
    server.http().raw("GET", "/undeclared", upgrade());
    for (String spelling :
        List.of(
            "/chat",
            "/ch%61t",
            "/chat;x",
            "/chat#x",
            "//chat",
            "//x/chat",
            "http://localhost/chat",
            "http://x?/chat",
            "/chat/",
            "/chat%0a",
            "/chat%00",
            "/chat\n",
            "/chat\nx",
            "\n/chat",
            "/chat\r",
            "/chat\tx",
            "/chat\0",
            "*",
            "chat",
            "x:443")) {
      ReceivedResponse response = server.http().raw("GET", spelling, upgrade());
      assertNotEquals(
          101,
          response.status(),
          () ->
              "status of a handshake beyond 1 per hour; scopes of the buckets "
                  + fixture.backend().scopes("api")
                  + ", "
                  + response);
    }
  }

  @Test
  default void k2_aThousandPathsMakeOneKey(WebSocketFixture fixture) throws Exception {
    PlannedSocket socket =
        new PlannedSocket(
            fixture.catchAllPath(),
            List.of(throttle("api", "10/h").build()),
            WebSocketThrottling.ofMessages(throttle("chat", "1/h").build()));
    WebSocketFixture.SocketServer server = fixture.serve(socket);
    for (int i = 0; i < 10; i++) {
      server.connect("/open" + i).send("a", "b").receive();
    }
    for (int i = 0; i < 1_000; i++) {
      server.http().raw("GET", "/" + i, upgrade());
    }
    for (String uid : List.of("api", "chat")) {
      assertTrue(
          fixture.backend().keys(uid) <= 1,
          () ->
              "keys of throttle \""
                  + uid
                  + "\" for 1000 paths of one client: "
                  + fixture.backend().keys(uid)
                  + ", at most 1 expected");
    }
  }
}
