package io.traffik.javawebsocket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.traffik.ConfigurationException;
import io.traffik.ConnectionView;
import io.traffik.Throttle;
import io.traffik.memory.InMemoryBackend;
import io.traffik.websocket.MessageAnswer;
import io.traffik.websocket.MessageView;
import io.traffik.websocket.WebSocketThrottling;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.java_websocket.WebSocket;
import org.java_websocket.WebSocketServerFactory;
import org.java_websocket.handshake.ClientHandshake;
import org.junit.jupiter.api.Test;

/** What is configured, and what the server hears. */
final class ThrottledWebSocketsTest {

  private final InMemoryBackend backend = InMemoryBackend.builder("chat").clock(() -> 0).build();
  private final Throttle chat = Throttle.builder("chat").rate("1/h").build();

  private ThrottledWebSockets throttled() {
    return ThrottledWebSockets.handshakes().backend(backend);
  }

  @Test
  void k2_pathsThatAreNotNamedShareABucket() throws Exception {
    try (Chat server = Chat.with(throttled().messages(chat).paths("/news", "/chat").build())) {
      for (String path : new String[] {"/news", "/chat?room=1", "/made-up"}) {
        try (Guest guest = Guest.of(server.uri(path))) {
          guest.send("a");
          assertThat(guest.hears()).as(path).isEqualTo("echo a");
        }
      }
      for (String path : new String[] {"/news?1", "/ch%61t", "/other"}) {
        try (Guest guest = Guest.of(server.uri(path))) {
          guest.send("a");
          assertThat(guest.hears()).as(path).contains("429");
        }
      }
    }
  }

  @Test
  void w1_aPathMayHaveThrottlesOfItsOwn() throws Exception {
    Throttle news = Throttle.builder("news").rate("2/h").build();
    try (Chat server =
        Chat.with(
            throttled()
                .messages(chat)
                .messages("/news", WebSocketThrottling.ofMessages(news))
                .build())) {
      try (Guest guest = Guest.of(server.uri("/news"))) {
        for (String text : new String[] {"a", "b"}) {
          guest.send(text);
          assertThat(guest.hears()).isEqualTo("echo " + text);
        }
        guest.send("c");
        assertThat(guest.hears()).contains("429");
      }
    }
  }

  @Test
  void w1_theServerNeverHearsOfAConnectionThatIsDeniedWhenItIsOpen() throws Exception {
    WebSocketThrottling connections = WebSocketThrottling.ofConnections(chat);
    try (Chat server = Chat.with(throttled().messages(connections).build());
        Guest first = Guest.of(server.uri("/"));
        Guest second = Guest.of(server.uri("/"))) {
      first.send("a");
      assertThat(first.hears()).isEqualTo("echo a");
      assertThat(second.hears()).startsWith("close 1013 Too Many Requests");
      first.send("b");
      assertThat(first.hears()).isEqualTo("echo b");
      assertThat(server.heard).containsExactly("open", "a", "b");
    }
  }

  @Test
  void w3_theServerHearsOfTheEndBehindTheMessagesBeforeIt() throws Exception {
    CompletableFuture<Void> ended = new CompletableFuture<>();
    Chat server =
        Chat.started(
            new Chat() {
              @Override
              public void onClose(WebSocket conn, int code, String reason, boolean remote) {
                super.onClose(conn, code, reason, remote);
                ended.complete(null);
              }
            },
            throttled()
                .messages(
                    WebSocketThrottling.ofMessages(Throttle.builder("many").rate("99/h").build()))
                .build());
    try (server) {
      try (Guest guest = Guest.of(server.uri("/"))) {
        guest.send("a");
        guest.send("b");
        guest.leave();
      }
      ended.get(20, TimeUnit.SECONDS);
      assertThat(server.heard).startsWith("open", "a", "b").endsWith("close");
    }
  }

  @Test
  void w2_aDenialThatTheServerThrowsIsAnswered() throws Exception {
    Throttle own = Throttle.builder("own").rate("1/h").build();
    Chat server =
        Chat.started(
            new Chat() {
              @Override
              public void onMessage(WebSocket conn, String message) {
                own.enforce(
                    MessageView.text(ThrottledWebSockets.handshakeView(conn), message)
                        .withContext("own"));
                super.onMessage(conn, message);
              }
            },
            throttled().messages(Throttle.builder("many").rate("99/h").build()).build());
    try (server;
        Guest guest = Guest.of(server.uri("/"))) {
      guest.send("a");
      guest.send("b");
      assertThat(guest.hears()).isEqualTo("echo a");
      assertThat(guest.hears()).contains("\"status_code\":429", "\"retry_after\":3600");
      assertThat(server.heard).containsExactly("open", "a");
    }
  }

  @Test
  void w2_whatTheServerThrowsItHearsOfAndTheConnectionStaysOpen() throws Exception {
    Chat server =
        Chat.started(
            new Chat() {
              @Override
              public void onMessage(WebSocket conn, String message) {
                if (message.equals("bad")) {
                  throw new IllegalStateException("broken");
                }
                super.onMessage(conn, message);
              }
            },
            throttled().messages(Throttle.builder("many").rate("99/h").build()).build());
    try (server;
        Guest guest = Guest.of(server.uri("/"))) {
      guest.send("bad");
      guest.send("good");
      assertThat(guest.hears()).isEqualTo("echo good");
      assertThat(server.heard).containsExactly("open", "error broken", "good");
    }
  }

  @Test
  void w2_aCloseReachesAClientThatIsStillSending() throws Exception {
    WebSocketThrottling closing =
        WebSocketThrottling.ofMessages(Throttle.builder("some").rate("100/h").build())
            .answer(MessageAnswer.closeTryAgainLater());
    try (Chat server = Chat.with(throttled().messages(closing).build());
        Guest guest = Guest.of(server.uri("/"))) {
      guest.sendAsFastAsItCan(5_000);
      for (int n = 0; n < 100; n++) {
        assertThat(guest.hears()).isEqualTo("echo " + n);
      }
      assertThat(guest.hears()).startsWith("close 1013");
    }
  }

  @Test
  void l3_theBackendLivesAsLongAsTheServers() throws Exception {
    WebSocketServerFactory factory = throttled().messages(chat).build();
    WebSocketServerFactory other = throttled().messages(chat).build();
    Chat server = Chat.with(factory);
    server.close();
    backend.reset();
    other.close();
    assertThatThrownBy(backend::reset).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void l5_withoutABackendTheMessageSaysHowToGiveOne() throws Exception {
    try (Chat server = Chat.with(ThrottledWebSockets.handshakes().messages(chat).build());
        Guest guest = Guest.of(server.uri("/"))) {
      guest.send("a");
      assertThat(guest.hears()).startsWith("close 1011");
      assertThat(server.heard)
          .anyMatch(entry -> entry.contains("ThrottledWebSockets.handshakes(…).backend(…)"));
    }
  }

  @Test
  void theViewIsThatOfTheHandshake() throws Exception {
    CompletableFuture<ConnectionView> seen = new CompletableFuture<>();
    Chat server =
        Chat.started(
            new Chat() {
              @Override
              public void onOpen(WebSocket conn, ClientHandshake handshake) {
                seen.complete(ThrottledWebSockets.handshakeView(conn));
              }
            },
            throttled().build());
    try (server;
        Guest guest = Guest.of(server.uri("/a%20b?c=d"), "X-Key", "k")) {
      guest.send("a");
      ConnectionView view = seen.get(20, TimeUnit.SECONDS);
      assertThat(view.kind()).isEqualTo(ConnectionView.Kind.HANDSHAKE);
      assertThat(view.path()).isEqualTo("/a b");
      assertThat(view.route()).isNull();
      assertThat(view.remoteAddress()).isEqualTo("127.0.0.1");
      assertThat(view.header("x-key")).isEqualTo("k");
      assertThat(view.backend()).isSameAs(backend);
      assertThat(view.unwrap(WebSocket.class)).isNotNull();
      assertThat(view.unwrap(ClientHandshake.class)).isNotNull();
      assertThat(view.unwrap(String.class)).isNull();
    }
  }

  @Test
  void whatIsWrongIsRefusedWhenItIsConfigured() {
    assertThatThrownBy(() -> throttled().paths())
        .isInstanceOf(ConfigurationException.class)
        .hasMessage("paths(…) must be given at least one path: none");
    assertThatThrownBy(() -> throttled().paths("chat"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage("a path must begin with a slash: \"chat\"");
    assertThatThrownBy(() -> throttled().messages())
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("must be given at least one throttle: none");
    assertThatThrownBy(() -> ThrottledWebSockets.handshakes(chat, null))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("throttle must not be null");
  }
}
