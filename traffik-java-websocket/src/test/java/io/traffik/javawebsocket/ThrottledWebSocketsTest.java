package io.traffik.javawebsocket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.traffik.BackendException;
import io.traffik.ConfigurationException;
import io.traffik.ConnectionView;
import io.traffik.Throttle;
import io.traffik.memory.InMemoryBackend;
import io.traffik.testing.WebSocketTestClient;
import io.traffik.websocket.MessageAnswer;
import io.traffik.websocket.MessageView;
import io.traffik.websocket.WebSocketThrottling;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.java_websocket.WebSocket;
import org.java_websocket.WebSocketServerFactory;
import org.java_websocket.handshake.ClientHandshake;
import org.junit.jupiter.api.Test;

/** Configuration, and the events that the server receives. */
final class ThrottledWebSocketsTest {

  private final InMemoryBackend backend = InMemoryBackend.builder("chat").clock(() -> 0).build();
  private final Throttle chat = Throttle.builder("chat").rate("1/h").build();

  private ThrottledWebSockets throttled() {
    return ThrottledWebSockets.handshakes().backend(backend);
  }

  @Test
  void k2_undeclaredPathsShareABucket() throws Exception {
    try (EchoWebSocketServer server =
        EchoWebSocketServer.start(throttled().messages(chat).paths("/news", "/chat").build())) {
      for (String path : new String[] {"/news", "/chat?room=1", "/made-up"}) {
        try (WebSocketTestClient client = WebSocketTestClient.connect(server.uri(path))) {
          client.send("a");
          assertThat(client.receive()).as(path).isEqualTo("echo a");
        }
      }
      for (String path : new String[] {"/news?1", "/ch%61t", "/other"}) {
        try (WebSocketTestClient client = WebSocketTestClient.connect(server.uri(path))) {
          client.send("a");
          assertThat(client.receive()).as(path).contains("429");
        }
      }
    }
  }

  @Test
  void k2_aServerWithoutDeclaredPathsIsOneRoute() throws Exception {
    try (EchoWebSocketServer server =
        EchoWebSocketServer.start(throttled().messages(chat).build())) {
      try (WebSocketTestClient client = WebSocketTestClient.connect(server.uri("/a"))) {
        client.send("a");
        assertThat(client.receive()).isEqualTo("echo a");
      }
      for (int i = 0; i < 50; i++) {
        try (WebSocketTestClient client = WebSocketTestClient.connect(server.uri("/" + i))) {
          client.send("b");
          assertThat(client.receive()).contains("429");
        }
      }
      assertThat(backend.size()).isEqualTo(1);
    }
  }

  @Test
  void k2_aPathWithItsOwnThrottlesIsDeclared() throws Exception {
    WebSocketThrottling news = WebSocketThrottling.ofMessages(chat);
    try (EchoWebSocketServer server =
        EchoWebSocketServer.start(throttled().messages(chat).messages("/news", news).build())) {
      for (String path : new String[] {"/a", "/news"}) {
        try (WebSocketTestClient client = WebSocketTestClient.connect(server.uri(path))) {
          client.send("a");
          assertThat(client.receive()).as(path).isEqualTo("echo a");
        }
      }
      for (String path : new String[] {"/b", "//news", "/news?x"}) {
        try (WebSocketTestClient client = WebSocketTestClient.connect(server.uri(path))) {
          client.send("a");
          assertThat(client.receive()).as(path).contains("429");
        }
      }
    }
  }

  @Test
  void w1_aPathCanHaveItsOwnThrottles() throws Exception {
    Throttle news = Throttle.builder("news").rate("2/h").build();
    try (EchoWebSocketServer server =
        EchoWebSocketServer.start(
            throttled()
                .messages(chat)
                .messages("/news", WebSocketThrottling.ofMessages(news))
                .build())) {
      try (WebSocketTestClient client = WebSocketTestClient.connect(server.uri("/news"))) {
        for (String text : new String[] {"a", "b"}) {
          client.send(text);
          assertThat(client.receive()).isEqualTo("echo " + text);
        }
        client.send("c");
        assertThat(client.receive()).contains("429");
      }
    }
  }

  @Test
  void w1_theServerIsNotNotifiedOfADeniedOpenConnection() throws Exception {
    WebSocketThrottling connections = WebSocketThrottling.ofConnections(chat);
    try (EchoWebSocketServer server =
            EchoWebSocketServer.start(throttled().messages(connections).build());
        WebSocketTestClient first = WebSocketTestClient.connect(server.uri("/"));
        WebSocketTestClient second = WebSocketTestClient.connect(server.uri("/"))) {
      first.send("a");
      assertThat(first.receive()).isEqualTo("echo a");
      assertThat(second.receive()).startsWith("close 1013 Too Many Requests");
      first.send("b");
      assertThat(first.receive()).isEqualTo("echo b");
      assertThat(server.events).containsExactly("open", "a", "b");
    }
  }

  @Test
  void w3_theServerReceivesTheCloseAfterAllEarlierMessages() throws Exception {
    CompletableFuture<Void> ended = new CompletableFuture<>();
    EchoWebSocketServer server =
        EchoWebSocketServer.start(
            new EchoWebSocketServer() {
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
      try (WebSocketTestClient client = WebSocketTestClient.connect(server.uri("/"))) {
        client.send("a");
        client.send("b");
        client.sendClose();
      }
      ended.get(20, TimeUnit.SECONDS);
      assertThat(server.events).startsWith("open", "a", "b").endsWith("close");
    }
  }

  @Test
  void w2_aDenialThrownByTheServerIsAnswered() throws Exception {
    Throttle own = Throttle.builder("own").rate("1/h").build();
    EchoWebSocketServer server =
        EchoWebSocketServer.start(
            new EchoWebSocketServer() {
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
        WebSocketTestClient client = WebSocketTestClient.connect(server.uri("/"))) {
      client.send("a");
      client.send("b");
      assertThat(client.receive()).isEqualTo("echo a");
      assertThat(client.receive()).contains("\"status_code\":429", "\"retry_after\":3600");
      assertThat(server.events).containsExactly("open", "a");
    }
  }

  @Test
  void w2_anExceptionOfTheServerIsReportedAndTheConnectionStaysOpen() throws Exception {
    EchoWebSocketServer server =
        EchoWebSocketServer.start(
            new EchoWebSocketServer() {
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
        WebSocketTestClient client = WebSocketTestClient.connect(server.uri("/"))) {
      client.send("bad");
      client.send("good");
      assertThat(client.receive()).isEqualTo("echo good");
      assertThat(server.events).containsExactly("open", "error broken", "good");
    }
  }

  @Test
  void w2_aCloseReachesAClientThatIsStillSending() throws Exception {
    WebSocketThrottling closing =
        WebSocketThrottling.ofMessages(Throttle.builder("some").rate("100/h").build())
            .answer(MessageAnswer.closeTryAgainLater());
    try (EchoWebSocketServer server =
            EchoWebSocketServer.start(throttled().messages(closing).build());
        WebSocketTestClient client = WebSocketTestClient.connect(server.uri("/"))) {
      client.sendInBackground(5_000);
      for (int n = 0; n < 100; n++) {
        assertThat(client.receive()).isEqualTo("echo " + n);
      }
      assertThat(client.receive()).startsWith("close 1013");
    }
  }

  @Test
  void l3_theBackendClosesWithTheLastServer() throws Exception {
    WebSocketServerFactory factory = throttled().messages(chat).build();
    WebSocketServerFactory other = throttled().messages(chat).build();
    EchoWebSocketServer server = EchoWebSocketServer.start(factory);
    server.close();
    backend.reset();
    other.close();
    assertThatThrownBy(backend::reset).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void l5_theErrorWithoutABackendNamesTheRemedy() throws Exception {
    try (EchoWebSocketServer server =
            EchoWebSocketServer.start(ThrottledWebSockets.handshakes().messages(chat).build());
        WebSocketTestClient client = WebSocketTestClient.connect(server.uri("/"))) {
      client.send("a");
      assertThat(client.receive()).startsWith("close 1011");
      assertThat(server.events)
          .anyMatch(entry -> entry.contains("ThrottledWebSockets.handshakes(…).backend(…)"));
    }
  }

  @Test
  void handshakeView_describesTheHandshake() throws Exception {
    CompletableFuture<ConnectionView> opened = new CompletableFuture<>();
    EchoWebSocketServer server =
        EchoWebSocketServer.start(
            new EchoWebSocketServer() {
              @Override
              public void onOpen(WebSocket conn, ClientHandshake handshake) {
                opened.complete(ThrottledWebSockets.handshakeView(conn));
              }
            },
            throttled().build());
    try (server;
        WebSocketTestClient client =
            WebSocketTestClient.connect(server.uri("/a%20b?c=d"), "X-Key", "k")) {
      client.send("a");
      ConnectionView view = opened.get(20, TimeUnit.SECONDS);
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
  void l1_aServerStartsWithoutItsStoreUnlessItIsRequired() throws Exception {
    StoppedStoreBackend store = new StoppedStoreBackend();
    ThrottledWebSockets throttled = ThrottledWebSockets.handshakes().messages(chat).backend(store);
    assertThatThrownBy(() -> throttled.requireBackendAtStart().build())
        .isInstanceOf(BackendException.class)
        .hasMessage("connection refused");
    try (EchoWebSocketServer server = EchoWebSocketServer.start(throttled.build());
        WebSocketTestClient client = WebSocketTestClient.connect(server.uri("/chat"))) {
      client.send("a");
      assertThat(client.receive()).isEqualTo("echo a");
      store.stopped = false;
      client.send("b");
      assertThat(client.receive()).isEqualTo("echo b");
      client.send("c");
      assertThat(client.receive()).contains("429");
    }
    assertThat(store.closed).isTrue();
  }

  @Test
  void invalidConfigurationIsRejected() {
    assertThatThrownBy(() -> throttled().paths())
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(
            "paths(…) needs at least one path: none given. Pass the server's paths, or omit the call.");
    assertThatThrownBy(() -> throttled().paths("chat"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage("path must begin with a slash: \"chat\". Write it as in /chat.");
    for (String path : new String[] {"/chat/", "//chat", "/ch%61t", "/chat;x"}) {
      assertThatThrownBy(() -> throttled().paths("/news", path))
          .isInstanceOf(ConfigurationException.class)
          .hasMessage("No connection can have the path \"" + path + "\". Write it as \"/chat\".");
    }
    assertThatThrownBy(() -> throttled().messages())
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("needs at least one throttle: none given");
    assertThatThrownBy(() -> ThrottledWebSockets.handshakes(chat, null))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("throttle must not be null");
  }
}
