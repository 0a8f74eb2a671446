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

/** Both servers over one Redis, which answers while their threads go on. */
final class SharedSocketsTest {

  private static final int MESSAGES = 200;

  /** A server that had no answer in time would go by a budget of its own. */
  private static final Duration PATIENT = Duration.ofSeconds(10);

  @ParameterizedTest
  @ValueSource(strings = {"lettuce", "jedis"})
  void w3_k4_messagesOnTwoServersShareOneBudgetAndKeepTheirOrder(String client) throws Exception {
    Throttle handshakes = Throttle.builder("handshakes").rate("1000/h").build();
    Throttle messages = Throttle.builder("messages").rate("100/h").build();
    String namespace = "sockets-" + client;
    String uri = RedisServers.standalone().uri().toString();
    // Servers close and reset what they were given, so each has its own.
    try (RedisBackend first = backend(client, uri, namespace);
        RedisBackend second = backend(client, uri, namespace)) {
      first.open();
      first.reset();
      second.open();
      WebSocketThrottling throttling = WebSocketThrottling.ofMessages(messages);
      List<String> heard = new ArrayList<>();
      try (SocketServer.Running javalin =
              SocketServer.JAVALIN.start(handshakes, throttling, first);
          SocketServer.Running raw =
              SocketServer.JAVA_WEBSOCKET.start(handshakes, throttling, second)) {
        List<CompletableFuture<List<String>>> runs =
            List.of(running(javalin.url()), running(raw.url()));
        for (CompletableFuture<List<String>> run : runs) {
          List<String> answers = run.get();
          assertThat(answers).hasSize(MESSAGES);
          List<String> echoes = answers.stream().filter(SharedSocketsTest::isEcho).toList();
          assertThat(echoes)
              .containsExactlyElementsOf(
                  IntStream.range(0, MESSAGES)
                      .filter(n -> isEcho(answers.get(n)))
                      .mapToObj(n -> "text " + n)
                      .toList());
          heard.addAll(answers);
        }
      }
      assertThat(heard.stream().filter(SharedSocketsTest::isEcho)).hasSize(100);
      assertThat(heard.stream().filter(answer -> answer.contains("\"status_code\":429")))
          .hasSize(2 * MESSAGES - 100);
    }
  }

  private static RedisBackend backend(String client, String uri, String namespace) {
    return client.equals("jedis")
        ? RedisBackend.jedis(namespace).uri(uri).deadline(PATIENT).build()
        : RedisBackend.lettuce(namespace).uri(uri).deadline(PATIENT).build();
  }

  private static CompletableFuture<List<String>> running(String url) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return SocketClientsTest.JavaClient.run(url, MESSAGES);
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
        });
  }

  private static boolean isEcho(String answer) {
    return answer.matches("text [0-9]+");
  }
}
