package io.traffik.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.traffik.TraffikException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * No part of a password or user name appears in a text: rule T4. The secrets consist of letters
 * that no message contains in a row.
 */
final class SecretsTest {

  private static final int PART = 3;
  private static final String CHARACTERS = "qxzjQXZqxzjQXZ@:/#?% &+é";

  /** A server that quotes every command in an error, as Redis does with unknown ones. */
  private static ServerSocket quoting;

  private static int closedPort;

  private final Random random = new Random(4);

  /** The ways to build a backend: a URI without the scheme and user information, and a factory. */
  enum Factory {
    LETTUCE("redis://", "", (uri, port) -> RedisBackend.lettuce("app").uri(uri)),
    JEDIS("redis://", "", (uri, port) -> RedisBackend.jedis("app").uri(uri)),
    LETTUCE_SENTINEL(
        "redis-sentinel://", "#m", (uri, port) -> RedisBackend.lettuce("app").uri(uri)),
    JEDIS_SENTINEL("redis-sentinel://", "#m", (uri, port) -> RedisBackend.jedis("app").uri(uri)),
    LETTUCE_CLUSTER(
        "redis://",
        "",
        (uri, port) -> RedisBackend.lettuce("app").cluster("redis://127.0.0.1:" + port, uri)),
    JEDIS_CLUSTER("redis://", "", (uri, port) -> RedisBackend.jedis("app").cluster(uri));

    private final String scheme;
    private final String end;

    @SuppressWarnings("ImmutableEnumChecker") // a pure function
    private final BiFunction<String, Integer, RedisBackendBuilder<?>> builder;

    Factory(
        String scheme, String end, BiFunction<String, Integer, RedisBackendBuilder<?>> builder) {
      this.scheme = scheme;
      this.end = end;
      this.builder = builder;
    }

    String uri(String userInformation, int port) {
      return scheme + userInformation + "@127.0.0.1:" + port + end;
    }
  }

  @BeforeAll
  static void startServers() throws IOException {
    try (ServerSocket closed = new ServerSocket(0)) {
      closedPort = closed.getLocalPort();
    }
    quoting = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    start(SecretsTest::accept);
  }

  @AfterAll
  static void stopServers() throws IOException {
    quoting.close();
  }

  private static void start(Runnable task) {
    Thread thread = new Thread(task, "quoting server");
    thread.setDaemon(true);
    thread.start();
  }

  private static void accept() {
    while (!quoting.isClosed()) {
      try {
        Socket client = quoting.accept();
        start(() -> quote(client));
      } catch (IOException e) {
        return;
      }
    }
  }

  private static void quote(Socket client) {
    byte[] command = new byte[8_192];
    try (client;
        OutputStream out = client.getOutputStream()) {
      for (int read = client.getInputStream().read(command);
          read > 0;
          read = client.getInputStream().read(command)) {
        String words =
            new String(command, 0, read, StandardCharsets.UTF_8).replaceAll("[\r\n]+", "`, `");
        out.write(
            ("-ERR unknown command, with args beginning with: `" + words + "`\r\n")
                .getBytes(StandardCharsets.UTF_8));
      }
    } catch (IOException e) {
      // The client has closed the connection.
    }
  }

  private String secret() {
    StringBuilder secret = new StringBuilder();
    int length = PART + random.nextInt(12);
    while (secret.length() < length) {
      secret.append(CHARACTERS.charAt(random.nextInt(CHARACTERS.length())));
    }
    return secret.toString();
  }

  @ParameterizedTest
  @EnumSource
  void t4_secretsAsTheyAreAppearInNoText(Factory factory) {
    for (int n = 0; n < 30; n++) {
      String user = secret();
      String password = secret();
      String uri = factory.uri(user + ":" + password, closedPort);
      requireSecret(() -> factory.builder.apply(uri, closedPort), List.of(user, password));
    }
  }

  @ParameterizedTest
  @EnumSource
  void t4_encodedSecretsAppearInNoText(Factory factory) {
    for (int n = 0; n < 10; n++) {
      String user = secret();
      String password = secret();
      int port = n % 2 == 0 ? quoting.getLocalPort() : closedPort;
      String uri = factory.uri(encode(user) + ":" + encode(password), port);
      requireSecret(
          () -> factory.builder.apply(uri, port),
          List.of(user, password, encode(user), encode(password)));
    }
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /** Builds and opens the backend, and searches every text for the secrets. */
  private static void requireSecret(
      Supplier<RedisBackendBuilder<?>> factory, List<String> secrets) {
    StringWriter texts = new StringWriter();
    try {
      RedisBackendBuilder<?> builder = factory.get().deadline(Duration.ofMillis(100));
      texts.append(builder.toString());
      try (RedisBackend backend = builder.build()) {
        texts.append(backend.toString());
        List<Runnable> calls = List.of(backend::open, backend::reset);
        for (Runnable call : calls) {
          addFailure(call, texts);
        }
      }
    } catch (TraffikException e) {
      e.printStackTrace(new PrintWriter(texts, true));
    }
    for (String secret : secrets) {
      for (int i = 0; i + PART <= secret.length(); i++) {
        String part = secret.substring(i, i + PART);
        if (part.chars().anyMatch(Character::isLetter)) {
          assertThat(texts.toString()).doesNotContain(part);
        }
      }
    }
  }

  private static void addFailure(Runnable call, StringWriter texts) {
    try {
      call.run();
      throw new UncheckedIOException(new IOException("expected a failure"));
    } catch (TraffikException e) {
      // Messages of causes and suppressed exceptions, too.
      e.printStackTrace(new PrintWriter(texts, true));
    }
  }
}
