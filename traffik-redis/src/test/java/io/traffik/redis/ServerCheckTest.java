package io.traffik.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.traffik.ConfigurationException;
import io.traffik.redis.server.NeedsProcesses;
import io.traffik.redis.server.RedisProcess;
import io.traffik.redis.server.RedisServers;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What opening says of servers that cannot be used: L1, T4. */
@NeedsProcesses
final class ServerCheckTest {

  enum Client {
    LETTUCE {
      @Override
      RedisBackend backend(String uri) {
        return RedisBackend.lettuce(uri, "app");
      }
    },
    JEDIS {
      @Override
      RedisBackend backend(String uri) {
        return RedisBackend.jedis(uri, "app");
      }
    };

    abstract RedisBackend backend(String uri);

    void open(String uri) {
      try (RedisBackend backend = backend(uri)) {
        backend.open();
      }
    }

    void refuses(String uri, String... words) {
      assertThatThrownBy(() -> open(uri))
          .isInstanceOf(ConfigurationException.class)
          .message()
          .startsWith("the Redis of backend \"app\" ")
          .contains(words);
    }
  }

  @ParameterizedTest
  @EnumSource
  void l1_aServerThatCanBeUsedIsOpenedAgainAndAgain(Client client) {
    try (RedisBackend backend = client.backend(RedisContract.alone())) {
      assertThatCode(backend::open).doesNotThrowAnyException();
      assertThatCode(backend::open).doesNotThrowAnyException();
    }
  }

  @ParameterizedTest
  @EnumSource
  void t4_aUriThatDoesNotReadIsToldWithoutItsPassword(Client client) {
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
  void l1_anUnknownHost(Client client) {
    client.refuses("redis://no-such-host.invalid:6379", "host that can be found", "no-such-host");
  }

  @ParameterizedTest
  @EnumSource
  void l1_aPortThatNobodyListensAt(Client client) throws IOException {
    int port;
    try (ServerSocket closed = new ServerSocket(0)) {
      port = closed.getLocalPort();
    }
    client.refuses("redis://127.0.0.1:" + port, "nobody does", String.valueOf(port));
  }

  @ParameterizedTest
  @EnumSource
  void l1_aPasswordThatIsWrongOrMissing(Client client) {
    try (RedisProcess server = RedisProcess.start()) {
      server.ask("CONFIG", "SET", "requirepass", "right");
      String address = "127.0.0.1:" + server.port();
      client.refuses("redis://:wrong@" + address, "the right user and password", "WRONGPASS");
      client.refuses("redis://" + address, "wants a password, and was given none");
      assertThatCode(() -> client.open("redis://:right@" + address)).doesNotThrowAnyException();
      assertThatCode(() -> client.open("redis://default:right@" + address))
          .doesNotThrowAnyException();
    }
  }

  @ParameterizedTest
  @EnumSource
  void l1_somethingThatIsNoRedis(Client client) throws IOException {
    try (ServerSocket http = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      Thread answering = new Thread(() -> answer(http), "no redis");
      answering.setDaemon(true);
      answering.start();
      client.refuses("redis://127.0.0.1:" + http.getLocalPort(), "must talk as Redis does");
    }
  }

  private static void answer(ServerSocket http) {
    while (true) {
      try (Socket socket = http.accept();
          OutputStream out = socket.getOutputStream()) {
        socket.getInputStream().read();
        out.write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        out.flush();
        // Until the client has seen it, or the end would come as a reset.
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
  void l1_aReplica(Client client) {
    try (RedisProcess master = RedisProcess.start();
        RedisProcess replica = RedisProcess.start("replicaof 127.0.0.1 " + master.port())) {
      client.refuses(replica.uri().toString(), "must be a master, but this is a replica");
    }
  }

  @ParameterizedTest
  @EnumSource
  void l1_aSentinelThatIsTakenForAServer(Client client) {
    client.refuses(
        "redis://" + RedisServers.sentinel().sentinels().get(0), "redis-sentinel://host:port");
  }

  @ParameterizedTest
  @EnumSource
  void l1_aServerOfACluster(Client client) {
    client.refuses(RedisContract.nodes()[0], "one of a cluster", ".cluster(…)");
  }

  @ParameterizedTest
  @EnumSource
  void l1_aUserWhoMayNotRunScripts(Client client) {
    try (RedisProcess server = RedisProcess.start()) {
      server.ask("ACL", "SETUSER", "bob", "on", ">secret", "~*", "+info", "+hello", "+client");
      client.refuses("redis://bob:secret@127.0.0.1:" + server.port(), "must allow its user +info");
    }
  }

  @ParameterizedTest
  @EnumSource
  void l1_aUriThatDoesNotReadSo(Client client) {
    for (String uri :
        List.of("http://localhost", "localhost", "redis://", "redis-sentinel://a/0")) {
      assertThatThrownBy(() -> client.backend(uri))
          .as(uri)
          .isInstanceOf(ConfigurationException.class)
          .hasMessageStartingWith("Redis must be given by redis://host:port")
          .hasMessageContaining(uri);
    }
    assertThatThrownBy(() -> client.backend("redi://bob:secret@localhost"))
        .isInstanceOf(ConfigurationException.class)
        .message()
        .doesNotContain("secret");
  }

  /** Lettuce takes its database from there; Jedis would go to the first one without a word. */
  @Test
  void l1_optionsOfAUriThatWouldBeIgnored() {
    assertThatThrownBy(() -> RedisBackend.jedis("redis://localhost?database=2", "app"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("options behind ? are not for Jedis");
  }

  /** There is no binary of so old a version to run. */
  @Test
  void l1_aVersionThatIsTooOld() {
    for (String version : List.of("6.0.16", "5.0.14.1", "2.8.0")) {
      ServerCheck check =
          new ServerCheck("app", "app|", new Telling("redis_version:" + version + "\r\n"), 1);
      assertThatThrownBy(check::check)
          .isInstanceOf(ConfigurationException.class)
          .hasMessage("the Redis of backend \"app\" must be Redis 6.2 or later: " + version);
    }
    for (String version : List.of("6.2.0", "7.2.4", "8.0.0", "10.1")) {
      Telling server = new Telling("redis_version:" + version + "\r\nrole:master\r\n");
      new ServerCheck("app", "app|", server, 1).check();
      assertThat(server.ran).isTrue();
    }
  }

  /** A server of which only this is known. */
  private static final class Telling implements ScriptRunner {
    private final String info;
    private boolean ran;

    Telling(String info) {
      this.info = info;
    }

    @Override
    public Object run(ScriptCall call, long nanos) {
      ran = true;
      return List.of();
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
