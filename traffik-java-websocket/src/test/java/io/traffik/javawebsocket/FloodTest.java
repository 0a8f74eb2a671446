package io.traffik.javawebsocket;

import static org.assertj.core.api.Assertions.assertThat;

import io.traffik.Throttle;
import io.traffik.memory.InMemoryBackend;
import io.traffik.websocket.ThrottledMessage;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.java_websocket.WebSocket;
import org.java_websocket.WebSocketImpl;
import org.java_websocket.handshake.ClientHandshake;
import org.junit.jupiter.api.Test;

/** Clients that flood the server and never reply. */
final class FloodTest {

  private static final int NORMAL_TEXT = 0x81;
  private static final int CLOSE = 0x88;
  private static final int PING = 0x89;

  private final Throttle once = Throttle.builder("once").rate("1/h").build();

  private ThrottledWebSockets throttled() {
    return ThrottledWebSockets.handshakes()
        .messages(once)
        .backend(InMemoryBackend.builder("chat").clock(() -> 0).build());
  }

  /** The server may skip the pongs to earlier pings (RFC 6455, section 5.5.3). */
  @Test
  void w3_pingsOfAClientThatDoesNotReadUseBoundedMemory() throws Exception {
    CompletableFuture<WebSocketImpl> opened = new CompletableFuture<>();
    CompletableFuture<String> afterThePings = new CompletableFuture<>();
    EchoWebSocketServer server =
        EchoWebSocketServer.start(
            new EchoWebSocketServer() {
              @Override
              public void onOpen(WebSocket conn, ClientHandshake handshake) {
                opened.complete((WebSocketImpl) conn);
              }

              @Override
              public void onMessage(WebSocket conn, String message) {
                afterThePings.complete(message);
              }
            },
            throttled().build());
    try (server;
        RawWebSocketClient client = new RawWebSocketClient(server)) {
      client.sendInBackground(PING, "p".repeat(125), 80_000).join();
      client.sendInBackground(NORMAL_TEXT, "last", 1).join();
      assertThat(afterThePings.get(60, TimeUnit.SECONDS)).isEqualTo("last");
      assertThat(opened.get().outQueue).hasSizeLessThanOrEqualTo(ThrottledMessage.MAX_UNSENT);
    }
  }

  @Test
  void f1_aConnectionWithoutADecisionIsClosedOnceAndThenDisconnected() throws Exception {
    try (EchoWebSocketServer server =
            EchoWebSocketServer.start(ThrottledWebSockets.handshakes().messages(once).build());
        RawWebSocketClient client = new RawWebSocketClient(server)) {
      client.sendInBackground(NORMAL_TEXT, "a", 100).join();
      RawWebSocketClient.Frame close = client.receive();
      assertThat(close.head()).isEqualTo(CLOSE);
      assertThat(close.code()).isEqualTo(1011);
      assertThat(client.receivesEnd()).as("the end of a client that does not reply").isTrue();
      assertThat(server.events).filteredOn(entry -> entry.startsWith("error")).hasSize(1);
    }
  }
}
