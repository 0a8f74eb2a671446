package io.traffik.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.traffik.ConfigurationException;
import io.traffik.redis.address.Redaction;
import io.traffik.redis.async.AdmissionControl.Mode;
import io.traffik.redis.script.ErrorTranslator;
import io.traffik.redis.script.ScriptCall;
import io.traffik.redis.script.ScriptRunner;
import io.traffik.redis.server.NeedsProcesses;
import io.traffik.redis.server.RedisProcess;
import io.traffik.redis.server.RedisServers;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The messages of {@code open} for servers that cannot be used: rules L1 and T4. */
@NeedsProcesses
final class ServerCheckTest {

  @ParameterizedTest
  @EnumSource
  void l1_aUsableServerCanBeOpenedRepeatedly(ClientUnderTest client) {
    try (RedisBackend backend = client.backend(RedisContract.standaloneUri())) {
      assertThatCode(backend::open).doesNotThrowAnyException();
      assertThatCode(backend::open).doesNotThrowAnyException();
    }
  }

  @ParameterizedTest
  @EnumSource
  void t4_anInvalidUriIsReportedWithoutItsPassword(ClientUnderTest client) {
    for (String uri :
        List.of(
            "redis://user:sec ret@host", "redis://:s/ec ret@host:6379", "redis://:s@ec ret@host")) {
      assertThatThrownBy(() -> client.backend(uri))
          .isInstanceOf(ConfigurationException.class)
          .hasNoCause()
          .hasMessageContaining("//***@host")
          .message()
          .doesNotContain("ec ret");
    }
  }

  @ParameterizedTest
  @EnumSource
  void l1_anUnknownHost(ClientUnderTest client) {
    client.requireOutage(
        "redis://no-such-host.invalid:6379", "unknown host", "Check the host name", "no-such-host");
  }

  @ParameterizedTest
  @EnumSource
  void l1_aClosedPort(ClientUnderTest client) throws IOException {
    int port;
    try (ServerSocket closed = new ServerSocket(0)) {
      port = closed.getLocalPort();
    }
    client.requireOutage(
        "redis://127.0.0.1:" + port,
        "connection refused",
        "Check host and port",
        String.valueOf(port));
  }

  @ParameterizedTest
  @EnumSource
  void l1_aWrongOrMissingPassword(ClientUnderTest client) {
    try (RedisProcess server = RedisProcess.start()) {
      server.execute("CONFIG", "SET", "requirepass", "right");
      String address = "127.0.0.1:" + server.port();
      client.requireFailure(
          "redis://:wrong@" + address, "wrong user name or password", "WRONGPASS");
      client.requireFailure("redis://" + address, "password required");
      assertThatCode(() -> client.open("redis://:right@" + address)).doesNotThrowAnyException();
      assertThatCode(() -> client.open("redis://default:right@" + address))
          .doesNotThrowAnyException();
    }
  }

  @ParameterizedTest
  @EnumSource
  void l1_aServerThatIsNotRedis(ClientUnderTest client) throws IOException {
    try (ServerSocket http = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      Thread answerer = new Thread(() -> answer(http), "no redis");
      answerer.setDaemon(true);
      answerer.start();
      client.requireFailure("redis://127.0.0.1:" + http.getLocalPort(), "not a valid Redis answer");
    }
  }

  private static void answer(ServerSocket http) {
    while (true) {
      try (Socket socket = http.accept();
          OutputStream out = socket.getOutputStream()) {
        socket.getInputStream().read();
        out.write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        out.flush();
        // Waits until the client has read the answer; otherwise it would see a connection reset.
        socket.shutdownOutput();
        socket.getInputStream().readAllBytes();
      } catch (IOException e) {
        if (http.isClosed()) {
          return;
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void l1_aReplica(ClientUnderTest client) {
    try (RedisProcess master = RedisProcess.start();
        RedisProcess replica = RedisProcess.start("replicaof 127.0.0.1 " + master.port())) {
      client.requireFailure(replica.uri().toString(), "the server is a replica");
    }
  }

  @ParameterizedTest
  @EnumSource
  void l1_theUriOfASentinelAsAServer(ClientUnderTest client) {
    client.requireFailure(
        "redis://" + RedisServers.sentinel().sentinels().get(0), "redis-sentinel://host:port");
  }

  @ParameterizedTest
  @EnumSource
  void l1_aNodeOfACluster(ClientUnderTest client) {
    client.requireFailure(RedisContract.nodeUris()[0], "a node of a cluster", ".cluster(…)");
  }

  @ParameterizedTest
  @EnumSource
  void l1_anInvalidUri(ClientUnderTest client) {
    for (String uri :
        List.of("http://localhost", "localhost", "redis://", "redis-sentinel://a/0")) {
      assertThatThrownBy(() -> client.backend(uri))
          .as(uri)
          .isInstanceOf(ConfigurationException.class)
          .hasMessageStartingWith("Invalid Redis URI: " + uri)
          .hasMessageContaining("redis://host:port")
          .hasMessageContaining(uri);
    }
    assertThatThrownBy(() -> client.backend("redi://bob:secret@localhost"))
        .isInstanceOf(ConfigurationException.class)
        .message()
        .doesNotContain("secret");
  }

  @ParameterizedTest
  @EnumSource
  void l1_unsupportedUriOptions(ClientUnderTest client) {
    assertThatThrownBy(() -> client.backend("redis://localhost?database=2"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("options after ? are not supported");
  }

  @ParameterizedTest
  @EnumSource
  void l1_aServerThatStaysSilent(ClientUnderTest client) throws IOException {
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      client.requireOutage(
          "redis://127.0.0.1:" + silent.getLocalPort(),
          "no answer in time (",
          "Check what delays the server");
    }
  }

  /** The write of the check must leave nothing behind. */
  @ParameterizedTest
  @EnumSource
  void l1_openLeavesNoKey(ClientUnderTest client) {
    try (RedisProcess server = RedisProcess.start()) {
      client.open(server.uri().toString());
      assertThat(server.execute("DBSIZE")).isEqualTo("0");
    }
  }

  /** A stub, since there is no binary of such an old version. */
  @Test
  void l1_anOldVersion() {
    for (String version : List.of("6.0.16", "5.0.14.1", "2.8.0")) {
      ServerCheck check = check(new StubRunner("redis_version:" + version + "\r\n"));
      assertThatThrownBy(check::check)
          .isInstanceOf(ConfigurationException.class)
          .hasMessage(
              "Backend \"app\": Redis " + version + " is too old. Upgrade to 6.2 or later.");
    }
    for (String version : List.of("6.2.0", "7.2.4", "8.0.0", "10.1")) {
      StubRunner server = new StubRunner("redis_version:" + version + "\r\nrole:master\r\n");
      check(server).check();
      assertThat(server.scriptRan).isTrue();
    }
  }

  private static ServerCheck check(ScriptRunner runner) {
    return new ServerCheck(
        "app",
        "app|",
        runner,
        new ErrorTranslator("app", "app|", Duration.ofMillis(1), Redaction.NONE),
        1);
  }

  /** A runner with a fixed {@code INFO}. */
  private static final class StubRunner implements ScriptRunner {
    private final String info;
    private boolean scriptRan;

    StubRunner(String info) {
      this.info = info;
    }

    @Override
    public void connect(long nanos) {}

    @Override
    public Object run(ScriptCall call, long nanos) {
      scriptRan = true;
      return List.of();
    }

    @Override
    public List<CompletableFuture<Object>> startAll(
        List<ScriptCall> calls, Mode mode, long timeoutNanos, BooleanSupplier abandoned) {
      throw new UnsupportedOperationException("the check runs one script");
    }

    @Override
    public CompletableFuture<Object> start(ScriptCall call, long nanos, BooleanSupplier unwanted) {
      throw new UnsupportedOperationException();
    }

    @Override
    public String info(long nanos) {
      return info;
    }

    @Override
    public boolean isClustered() {
      return false;
    }

    @Override
    public CompletableFuture<Void> removeAll(String prefix, long nanos) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}
  }
}
