package io.traffik.javawebsocket;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.traffik.Backend;
import io.traffik.Rate;
import io.traffik.Throttle;
import io.traffik.memory.InMemoryBackend;
import io.traffik.testing.WebSocketTestClient;
import io.traffik.websocket.WebSocketThrottling;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import org.java_websocket.server.DefaultSSLWebSocketServerFactory;
import org.junit.jupiter.api.Test;

/** Rejected handshakes, of which the server is not notified. */
final class HandshakeTest {

  private static final WebSocketThrottling NO_LIMIT =
      WebSocketThrottling.ofMessages(Throttle.builder("chat").rate(Rate.UNLIMITED).build());

  private final Backend backend = InMemoryBackend.builder("chat").clock(() -> 0).build();
  private final Throttle api = Throttle.builder("api").rate("1/h").build();

  private EchoWebSocketServer startServer() throws InterruptedException {
    return EchoWebSocketServer.start(ThrottledWebSockets.handshakes(api).backend(backend).build());
  }

  private static Socket handshake(EchoWebSocketServer server) throws IOException {
    return handshake(server, "/");
  }

  private static Socket handshake(EchoWebSocketServer server, String target) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.getPort());
    socket.setSoTimeout(20_000);
    String request =
        String.join(
            "\r\n",
            "GET " + target + " HTTP/1.1",
            "Host: a",
            "Upgrade: websocket",
            "Connection: Upgrade",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            "Sec-WebSocket-Version: 13",
            "\r\n");
    socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
    return socket;
  }

  @Test
  void h1_w1_aRejectedHandshakeIsAnsweredLikeARejectedRequest() throws Exception {
    try (EchoWebSocketServer server = startServer();
        WebSocketTestClient first = WebSocketTestClient.connect(server.uri("/"))) {
      first.send("a");
      assertThat(first.receive()).isEqualTo("echo a");
      String response;
      try (Socket second = handshake(server)) {
        response = new String(second.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      }
      assertThat(response)
          .startsWith("HTTP/1.1 429 Too Many Requests\r\n")
          .contains("\r\nRateLimit-Policy: \"api\";q=1;w=3600\r\n")
          .contains("\r\nRateLimit: \"api\";r=0;t=3600\r\n")
          .contains("\r\nRetry-After: 3600\r\n")
          .contains("\r\nContent-Type: application/problem+json\r\n")
          .doesNotContain("404");
      String body = response.substring(response.indexOf("\r\n\r\n") + 4);
      assertThat(response).contains("\r\nContent-Length: " + body.length() + "\r\n");
      JsonNode problem = new ObjectMapper().readTree(body);
      assertThat(problem.get("violated-policies").get(0).asText()).isEqualTo("api");
      assertThat(server.events)
          .as("events of the first connection only")
          .containsExactly("open", "a");
      assertThat(server.getConnections()).hasSize(1);
    }
  }

  /** The library reads a request line until CR and LF, so that one of them may be in the target. */
  @Test
  void k2_aTargetWithAControlCharacterIsRefused() throws Exception {
    try (EchoWebSocketServer server =
        EchoWebSocketServer.start(
            ThrottledWebSockets.handshakes().messages("/chat", NO_LIMIT).build())) {
      for (String target :
          new String[] {
            "/chat\n",
            "/\nchat",
            "\n/chat",
            "/chat\nx",
            "/chat?\n",
            "/chat\r",
            "/chat\t",
            "/chat\0",
            "/chat%0a",
            "/chat%00"
          }) {
        String response;
        try (Socket socket = handshake(server, target)) {
          response = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        }
        assertThat(response).as(target).startsWith("HTTP/1.1 400 Bad Request\r\n");
      }
      assertThat(server.events).doesNotContain("open");
      assertThat(server.getConnections()).isEmpty();
    }
  }

  @Test
  void h1_w1_theClientOfTheJdkReceivesTheAnswer() throws Exception {
    try (EchoWebSocketServer server = startServer();
        WebSocketTestClient first = WebSocketTestClient.connect(server.uri("/"))) {
      first.send("a");
      HttpResponse<?> response = WebSocketTestClient.rejectedHandshake(server.uri("/"));
      assertThat(response.statusCode()).isEqualTo(429);
      assertThat(response.headers().firstValue("Retry-After")).hasValue("3600");
    }
  }

  @Test
  void h1_w1_theRulesHoldOverTls() throws Exception {
    SelfSignedCertificate certificate = SelfSignedCertificate.create();
    try (EchoWebSocketServer server =
        EchoWebSocketServer.start(
            ThrottledWebSockets.handshakes(api)
                .messages(Throttle.builder("chat").rate("1/h").build())
                .backend(backend)
                .delegate(new DefaultSSLWebSocketServerFactory(certificate.server()))
                .build())) {
      URI uri = URI.create("wss://localhost:" + server.getPort() + "/");
      try (WebSocketTestClient first =
          WebSocketTestClient.connect(
              HttpClient.newBuilder().sslContext(certificate.client()).build(), uri)) {
        first.send("a");
        first.send("b");
        assertThat(first.receive()).isEqualTo("echo a");
        assertThat(first.receive()).contains("\"status_code\":429", "\"retry_after\":3600");
        HttpClient client = HttpClient.newBuilder().sslContext(certificate.client()).build();
        for (int n = 0; n < 5; n++) {
          HttpResponse<?> response = WebSocketTestClient.rejectedHandshake(client, uri);
          assertThat(response.statusCode()).isEqualTo(429);
          assertThat(response.headers().firstValue("Retry-After")).hasValue("3600");
        }
      }
    }
  }

  @Test
  void h1_anAllowedHandshakeHasTheHeaderFields() throws Exception {
    try (EchoWebSocketServer server = startServer();
        Socket socket = handshake(server)) {
      StringBuilder response = new StringBuilder();
      while (response.indexOf("\r\n\r\n") < 0) {
        response.append((char) socket.getInputStream().read());
      }
      assertThat(response)
          .contains("HTTP/1.1 101 ", "RateLimit-Policy: \"api\";q=1;w=3600")
          .contains("RateLimit: \"api\";r=0;t=3600");
    }
  }

  @Test
  void i4_aHandshakeWithoutAnIdentityFails() throws Exception {
    Throttle named = Throttle.builder("named").rate("1/h").identifier(view -> null).build();
    try (EchoWebSocketServer server =
        EchoWebSocketServer.start(ThrottledWebSockets.handshakes(named).backend(backend).build())) {
      HttpResponse<?> response = WebSocketTestClient.rejectedHandshake(server.uri("/"));
      assertThat(response.statusCode()).isEqualTo(500);
      assertThat(server.events)
          .anyMatch(
              entry ->
                  entry.startsWith("error No identity for a connection to throttle \"named\""));
      assertThat(server.events).doesNotContain("open");
    }
  }
}
