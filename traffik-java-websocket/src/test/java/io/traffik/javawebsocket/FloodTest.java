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

/** What clients do to a server that know of frames and nothing of manners. */
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

  /** Pongs of earlier pings may be left out (RFC 6455, section 5.5.3). */
  @Test
  void w3_aClientThatPingsAndDoesNotReadFillsNoMemory() throws Exception {
    CompletableFuture<WebSocketImpl> opened = new CompletableFuture<>();
    CompletableFuture<String> behindThePings = new CompletableFuture<>();
    Chat server =
        Chat.started(
            new Chat() {
              @Override
              public void onOpen(WebSocket conn, ClientHandshake handshake) {
                opened.complete((WebSocketImpl) conn);
              }

              @Override
              public void onMessage(WebSocket conn, String message) {
                behindThePings.complete(message);
              }
            },
            throttled().build());
    try (server;
        RawGuest guest = new RawGuest(server)) {
      guest.sendsMeanwhile(PING, "p".repeat(125), 80_000).join();
      guest.sendsMeanwhile(NORMAL_TEXT, "last", 1).join();
      assertThat(behindThePings.get(60, TimeUnit.SECONDS)).isEqualTo("last");
      assertThat(opened.get().outQueue).hasSizeLessThanOrEqualTo(ThrottledMessage.MAX_UNSENT);
    }
  }

  @Test
  void f1_aConnectionWhoseMessagesNoThrottleCanDecideIsClosedOnceAndThenCut() throws Exception {
    try (Chat server = Chat.with(ThrottledWebSockets.handshakes().messages(once).build());
        RawGuest guest = new RawGuest(server)) {
      guest.sendsMeanwhile(NORMAL_TEXT, "a", 100).join();
      RawGuest.Frame close = guest.hears();
      assertThat(close.head()).isEqualTo(CLOSE);
      assertThat(close.code()).isEqualTo(1011);
      assertThat(guest.hearsTheEnd()).as("though it does not reply").isTrue();
      assertThat(server.heard).filteredOn(entry -> entry.startsWith("error")).hasSize(1);
    }
  }
}
