package io.traffik.redis.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisClient;
import io.traffik.Backend;
import io.traffik.Backend.Operation;
import io.traffik.BackendException;
import io.traffik.redis.RedisBackend;
import io.traffik.redis.server.Condition;
import io.traffik.redis.server.NeedsProcesses;
import io.traffik.redis.server.RedisProcess;
import io.traffik.redis.server.TcpProxy;
import io.traffik.spi.BackendCall;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A master that is demoted to a replica, lives on, and keeps its connections open. */
@Isolated
@NeedsProcesses
@Tag("fault")
final class MasterChangeTest {

  private static final Pattern CONNECTIONS = Pattern.compile("total_connections_received:(\\d+)");
  private static final BackendCall HIT =
      new BackendCall(Operation.HIT, LoadGenerator.policy(1_000_000), "client", "", 1);

  /** Sentinel would close the connections to the former master; nobody does here. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void l1_aConnectionOfTheBackendMovesToTheNewMaster(boolean ownClient) {
    try (RedisProcess former = RedisProcess.start();
        RedisProcess next = RedisProcess.start();
        TcpProxy proxy = TcpProxy.to(former.port())) {
      String uri = "redis://127.0.0.1:" + proxy.port();
      RedisClient client = RedisClient.create(uri);
      try (Backend backend =
          ownClient
              ? ClientLibrary.LETTUCE.standalone(uri, "moved")
              : RedisBackend.lettuce("moved").client(client).build()) {
        backend.open();
        proxy.redirect(next.port());
        former.execute("REPLICAOF", "127.0.0.1", String.valueOf(next.port()));
        Condition.await("the backend decides", () -> decides(backend));
        assertThat(next.execute("DBSIZE")).isEqualTo("1");
      } finally {
        client.shutdown();
      }
    }
  }

  /**
   * No other server has become the master, so reconnecting helps only once this one is promoted.
   */
  @Test
  void l1_aDemotedServerReceivesFewConnections() {
    try (RedisProcess other = RedisProcess.start();
        RedisProcess server = RedisProcess.start();
        Backend backend = ClientLibrary.LETTUCE.standalone(server.uri().toString(), "demoted")) {
      backend.decide(HIT);
      server.execute("REPLICAOF", "127.0.0.1", String.valueOf(other.port()));
      Condition.await("READONLY", () -> !decides(backend));
      long before = connections(server);
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(3);
      while (System.nanoTime() - end < 0) {
        assertThat(decides(backend)).isFalse();
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
      }
      assertThat(connections(server) - before).as("connections in 3 s").isBetween(2L, 9L);
      server.execute("REPLICAOF", "NO", "ONE");
      Condition.await("the backend decides", () -> decides(backend));
    }
  }

  private static long connections(RedisProcess server) {
    Matcher matcher = CONNECTIONS.matcher(server.execute("INFO", "stats"));
    assertThat(matcher.find()).isTrue();
    return Long.parseLong(matcher.group(1));
  }

  private static boolean decides(Backend backend) {
    try {
      backend.decide(HIT);
      return true;
    } catch (BackendException e) {
      return false;
    }
  }
}
