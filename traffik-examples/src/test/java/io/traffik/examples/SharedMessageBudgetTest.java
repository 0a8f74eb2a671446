package io.traffik.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.traffik.Throttle;
import io.traffik.redis.RedisBackend;
import io.traffik.redis.server.RedisServers;
import io.traffik.websocket.WebSocketThrottling;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two WebSocket servers that share a message budget in Redis. */
final class SharedMessageBudgetTest {

  private static final int MESSAGES = 200;

  /** Long enough that no decision times out; a timeout would allow the message. */
  private static final Duration DEADLINE = Duration.ofSeconds(10);

  @ParameterizedTest
  @ValueSource(strings = {"lettuce", "jedis"})
  void w3_k4_messagesOnTwoServersShareOneBudgetAndKeepTheirOrder(String client) throws Exception {
    Throttle handshakes = Throttle.builder("handshakes").rate("1000/h").build();
    Throttle messages = Throttle.builder("messages").rate("100/h").build();
    String namespace = "sockets-" + client;
    String uri = RedisServers.standalone().uri().toString();
    // Each server closes its backend, so each has its own.
    try (RedisBackend first = backend(client, uri, namespace);
        RedisBackend second = backend(client, uri, namespace)) {
      first.open();
      first.reset();
      second.open();
      WebSocketThrottling throttling = WebSocketThrottling.ofMessages(messages);
      List<String> received = new ArrayList<>();
      try (WebSocketEchoServer.Running javalin =
              WebSocketEchoServer.JAVALIN.start(handshakes, throttling, first);
          WebSocketEchoServer.Running raw =
              WebSocketEchoServer.JAVA_WEBSOCKET.start(handshakes, throttling, second)) {
        List<CompletableFuture<List<String>>> runs =
            List.of(running(javalin.url()), running(raw.url()));
        for (CompletableFuture<List<String>> run : runs) {
          List<String> answers = run.get();
          assertThat(answers).hasSize(MESSAGES);
          List<String> echoes = answers.stream().filter(SharedMessageBudgetTest::isEcho).toList();
          assertThat(echoes)
              .containsExactlyElementsOf(
                  IntStream.range(0, MESSAGES)
                      .filter(n -> isEcho(answers.get(n)))
                      .mapToObj(n -> "text " + n)
                      .toList());
          received.addAll(answers);
        }
      }
      assertThat(received.stream().filter(SharedMessageBudgetTest::isEcho)).hasSize(100);
      assertThat(received.stream().filter(answer -> answer.contains("\"status_code\":429")))
          .hasSize(2 * MESSAGES - 100);
    }
  }

  private static RedisBackend backend(String client, String uri, String namespace) {
    return client.equals("jedis")
        ? RedisBackend.jedis(namespace).uri(uri).deadline(DEADLINE).build()
        : RedisBackend.lettuce(namespace).uri(uri).deadline(DEADLINE).build();
  }

  private static CompletableFuture<List<String>> running(String url) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return WebSocketClientsTest.JavaClient.run(url, MESSAGES);
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
        });
  }

  private static boolean isEcho(String answer) {
    return answer.matches("text [0-9]+");
  }
}
