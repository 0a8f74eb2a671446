package io.traffik.javawebsocket;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.traffik.Backend;
import io.traffik.Throttle;
import io.traffik.memory.InMemoryBackend;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import org.java_websocket.server.DefaultSSLWebSocketServerFactory;
import org.junit.jupiter.api.Test;

/** How a handshake is refused, and that the server never hears of it. */
final class HandshakeTest {

  private final Backend backend = InMemoryBackend.builder("chat").clock(() -> 0).build();
  private final Throttle api = Throttle.builder("api").rate("1/h").build();

  private Chat chat() throws InterruptedException {
    return Chat.with(ThrottledWebSockets.handshakes(api).backend(backend).build());
  }

  private static Socket handshake(Chat chat) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), chat.getPort());
    socket.setSoTimeout(20_000);
    String request =
        String.join(
            "\r\n",
            "GET / HTTP/1.1",
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
  void h1_w1_aRefusedHandshakeIsAnsweredAsARefusedRequestIs() throws Exception {
    try (Chat chat = chat();
        Guest first = Guest.of(chat.uri("/"))) {
      first.send("a");
      assertThat(first.hears()).isEqualTo("echo a");
      String answer;
      try (Socket second = handshake(chat)) {
        answer = new String(second.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      }
      assertThat(answer)
          .startsWith("HTTP/1.1 429 Too Many Requests\r\n")
          .contains("\r\nRateLimit-Policy: \"api\";q=1;w=3600\r\n")
          .contains("\r\nRateLimit: \"api\";r=0;t=3600\r\n")
          .contains("\r\nRetry-After: 3600\r\n")
          .contains("\r\nContent-Type: application/problem+json\r\n")
          .doesNotContain("404");
      String body = answer.substring(answer.indexOf("\r\n\r\n") + 4);
      assertThat(answer).contains("\r\nContent-Length: " + body.length() + "\r\n");
      JsonNode problem = new ObjectMapper().readTree(body);
      assertThat(problem.get("violated-policies").get(0).asText()).isEqualTo("api");
      assertThat(chat.heard).as("of one connection alone").containsExactly("open", "a");
      assertThat(chat.getConnections()).hasSize(1);
    }
  }

  @Test
  void h1_w1_theJdksClientSeesTheAnswer() throws Exception {
    try (Chat chat = chat();
        Guest first = Guest.of(chat.uri("/"))) {
      first.send("a");
      HttpResponse<?> answer = Guest.refused(HttpClient.newHttpClient(), chat.uri("/"));
      assertThat(answer.statusCode()).isEqualTo(429);
      assertThat(answer.headers().firstValue("Retry-After")).hasValue("3600");
    }
  }

  @Test
  void h1_w1_overTlsAsWell() throws Exception {
    Certificate certificate = Certificate.selfSigned();
    try (Chat chat =
        Chat.with(
            ThrottledWebSockets.handshakes(api)
                .messages(Throttle.builder("chat").rate("1/h").build())
                .backend(backend)
                .delegate(new DefaultSSLWebSocketServerFactory(certificate.server()))
                .build())) {
      URI uri = URI.create("wss://localhost:" + chat.getPort() + "/");
      try (Guest first = Guest.overTls(certificate.client(), uri)) {
        first.send("a");
        first.send("b");
        assertThat(first.hears()).isEqualTo("echo a");
        assertThat(first.hears()).contains("\"status_code\":429", "\"retry_after\":3600");
        HttpClient client = HttpClient.newBuilder().sslContext(certificate.client()).build();
        for (int n = 0; n < 5; n++) {
          HttpResponse<?> answer = Guest.refused(client, uri);
          assertThat(answer.statusCode()).isEqualTo(429);
          assertThat(answer.headers().firstValue("Retry-After")).hasValue("3600");
        }
      }
    }
  }

  @Test
  void h1_anAllowedHandshakeCarriesTheFields() throws Exception {
    try (Chat chat = chat();
        Socket socket = handshake(chat)) {
      StringBuilder answer = new StringBuilder();
      while (answer.indexOf("\r\n\r\n") < 0) {
        answer.append((char) socket.getInputStream().read());
      }
      assertThat(answer)
          .contains("HTTP/1.1 101 ", "RateLimit-Policy: \"api\";q=1;w=3600")
          .contains("RateLimit: \"api\";r=0;t=3600");
    }
  }

  @Test
  void i4_aHandshakeThatNoThrottleCanDecideFails() throws Exception {
    Throttle named = Throttle.builder("named").rate("1/h").identifier(view -> null).build();
    try (Chat chat = Chat.with(ThrottledWebSockets.handshakes(named).backend(backend).build())) {
      HttpResponse<?> answer = Guest.refused(HttpClient.newHttpClient(), chat.uri("/"));
      assertThat(answer.statusCode()).isEqualTo(500);
      assertThat(chat.heard).anyMatch(entry -> entry.startsWith("error throttle \"named\""));
      assertThat(chat.heard).doesNotContain("open");
    }
  }
}
