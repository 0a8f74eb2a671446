package io.traffik.examples;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.traffik.Throttle;
import io.traffik.websocket.MessageAnswer;
import io.traffik.websocket.WebSocketThrottling;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.java_websocket.client.WebSocketClient;
import org.java_websocket.handshake.ServerHandshake;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Both WebSocket adapters with third-party clients. The conformance kit covers the JDK's client.
 */
final class WebSocketClientsTest {

  private static final int MESSAGES = 200;

  /**
   * One message above the limit. With more, Jetty closes with unread messages, and the client may
   * see a reset before it has read the responses.
   */
  private static final int CLOSING_MESSAGE = 101;

  private static Optional<NodeWebSocketClient> node = Optional.empty();

  private final Throttle handshakes = Throttle.builder("handshakes").rate("1/h").build();
  private final Throttle messages = Throttle.builder("messages").rate("100/h").build();

  @BeforeAll
  static void install() throws Exception {
    node = NodeWebSocketClient.install();
  }

  @AfterAll
  static void remove() throws Exception {
    if (node.isPresent()) {
      node.get().close();
    }
  }

  /** Java-WebSocket's client, with the same output as {@link NodeWebSocketClient}. */
  static final class JavaClient extends WebSocketClient {
    private final BlockingQueue<String> received = new LinkedBlockingQueue<>();

    JavaClient(String url) {
      super(URI.create(url));
    }

    static List<String> run(String url, int messages) throws InterruptedException {
      JavaClient client = new JavaClient(url);
      List<String> all = new ArrayList<>();
      if (client.connectBlocking(20, TimeUnit.SECONDS)) {
        IntStream.range(0, messages).forEach(n -> client.send("" + n));
      }
      for (int n = 0; n < messages; n++) {
        String next = client.received.poll(20, TimeUnit.SECONDS);
        all.add(next);
        if (next == null || !next.startsWith("text ")) {
          break;
        }
      }
      client.closeBlocking();
      return all;
    }

    @Override
    public void onOpen(ServerHandshake answer) {}

    @Override
    public void onMessage(String message) {
      received.add("text " + message);
    }

    @Override
    public void onClose(int code, String reason, boolean remote) {
      // For a refused handshake, this library reports the HTTP status in the reason only.
      received.add(code == 1002 ? "refused " + reason : "closed " + code);
    }

    @Override
    public void onError(Exception thrown) {}
  }

  private static void assertHundredServed(List<String> received) throws Exception {
    assertThat(received).hasSizeGreaterThanOrEqualTo(MESSAGES);
    for (int n = 0; n < MESSAGES; n++) {
      String text = received.get(n).substring("text ".length());
      if (n < 100) {
        assertThat(text).isEqualTo("" + n);
      } else {
        JsonNode frame = new ObjectMapper().readTree(text);
        assertThat(frame.get("status_code").asInt()).isEqualTo(429);
        assertThat(frame.get("retry_after").asInt()).isEqualTo(36);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void w2_javaWebSocketClientReceivesAResponseToEachMessage(WebSocketEchoServer kind)
      throws Exception {
    try (WebSocketEchoServer.Running server =
        kind.start(handshakes, WebSocketThrottling.ofMessages(messages))) {
      assertHundredServed(JavaClient.run(server.url(), MESSAGES));
      assertThat(JavaClient.run(server.url(), 1).get(0)).startsWith("refused").contains("429");
    }
  }

  @ParameterizedTest
  @EnumSource
  void w2_javaWebSocketClientReceivesTheCloseCode(WebSocketEchoServer kind) throws Exception {
    WebSocketThrottling closing =
        WebSocketThrottling.ofMessages(messages).answer(MessageAnswer.closeTryAgainLater());
    try (WebSocketEchoServer.Running server = kind.start(handshakes, closing)) {
      List<String> received = JavaClient.run(server.url(), CLOSING_MESSAGE);
      assertThat(received).hasSize(CLOSING_MESSAGE).endsWith("text 99", "closed 1013");
    }
  }

  private static NodeWebSocketClient node() {
    Assumptions.assumeTrue(node.isPresent(), "npm package ws is not available; see the log");
    return node.get();
  }

  @ParameterizedTest
  @EnumSource
  void w2_nodeClientReceivesAResponseToEachMessage(WebSocketEchoServer kind) throws Exception {
    try (WebSocketEchoServer.Running server =
        kind.start(handshakes, WebSocketThrottling.ofMessages(messages))) {
      assertHundredServed(node().run(server.url(), MESSAGES));
      assertThat(node().run(server.url(), 1)).first().isEqualTo("refused 429 3600");
    }
  }

  @ParameterizedTest
  @EnumSource
  void w2_nodeClientReceivesTheCloseCode(WebSocketEchoServer kind) throws Exception {
    WebSocketThrottling closing =
        WebSocketThrottling.ofMessages(messages).answer(MessageAnswer.closePolicyViolation());
    try (WebSocketEchoServer.Running server = kind.start(handshakes, closing)) {
      List<String> received = node().run(server.url(), CLOSING_MESSAGE);
      assertThat(received).hasSize(CLOSING_MESSAGE).endsWith("text 99", "closed 1008");
    }
  }
}
