package io.traffik.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.traffik.Backend.Operation;
import io.traffik.BackendException;
import io.traffik.Rate;
import io.traffik.redis.server.Condition;
import io.traffik.redis.server.HaProxyProcess;
import io.traffik.redis.server.NeedsProcesses;
import io.traffik.redis.server.RedisProcess;
import io.traffik.spi.BackendCall;
import io.traffik.spi.QuotaPolicy;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Proxies in front of a server that is not there. They accept a connection and close it: rule L1.
 */
@NeedsProcesses
final class ClosedConnectionTest {

  private static final String[] WORDS = {
    "the connection was closed before an answer", "write rediss://", "check that it reaches Redis"
  };

  @ParameterizedTest
  @EnumSource
  void l1_aProxyThatClosesAtOnce(ClientUnderTest client) throws IOException {
    try (ServerSocket proxy = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      Thread closing = new Thread(() -> closeAll(proxy), "closing proxy");
      closing.setDaemon(true);
      closing.start();
      client.requireOutage("redis://127.0.0.1:" + proxy.getLocalPort(), WORDS);
    }
  }

  private static void closeAll(ServerSocket proxy) {
    while (!proxy.isClosed()) {
      try {
        proxy.accept().close();
      } catch (IOException e) {
        // The client has closed the connection, or the test has ended.
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void l1_haProxyWithoutItsServer(ClientUnderTest client) {
    Assumptions.assumeTrue(HaProxyProcess.isAvailable(), "no haproxy on the PATH");
    try (RedisProcess server = RedisProcess.start();
        HaProxyProcess proxy = HaProxyProcess.start(server.port())) {
      client.open("redis://127.0.0.1:" + proxy.port());
      server.kill();
      client.requireOutage("redis://127.0.0.1:" + proxy.port(), WORDS);
      BackendCall hit =
          new BackendCall(
              Operation.HIT, QuotaPolicy.of("api", List.of(Rate.perHour(9))), "client", "", 1);
      try (RedisBackend backend = client.backend("redis://127.0.0.1:" + proxy.port())) {
        assertThatThrownBy(() -> backend.decide(hit)).isInstanceOf(BackendException.class);
        server.restart();
        Condition.await(
            "decides once the server is there",
            () -> {
              try {
                return backend.decide(hit)[0] >= 0;
              } catch (BackendException e) {
                return false;
              }
            });
        assertThat(server.execute("DBSIZE")).isEqualTo("1");
      }
    }
  }
}
