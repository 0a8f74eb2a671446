package io.traffik.redis;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.traffik.ConfigurationException;
import io.traffik.redis.server.NeedsProcesses;
import io.traffik.redis.server.RedisProcess;
import io.traffik.redis.server.RedisServers;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The messages of {@code open} for a URI that names another server than it should: rule L1. */
@NeedsProcesses
final class ServerAddressTest {

  @ParameterizedTest
  @EnumSource
  void l1_aMasterThatTheSentinelsDoNotKnow(ClientUnderTest client) {
    client.requireFailure(
        "redis-sentinel://" + RedisServers.sentinel().sentinels().get(0) + "/0#unknown",
        "the sentinels do not know the master",
        "Check the name after #");
  }

  @ParameterizedTest
  @EnumSource
  void l1_aDatabaseThatDoesNotExist(ClientUnderTest client) {
    try (RedisProcess server = RedisProcess.start("databases 4")) {
      client.open(server.uri() + "/3");
      client.requireFailure(server.uri() + "/4", "no such database", "Check the number in the URI");
    }
  }

  @ParameterizedTest
  @EnumSource
  void l1_aDatabaseOfACluster(ClientUnderTest client) {
    for (List<String> uris : List.of(List.of("redis://a/3"), List.of("redis://a", "redis://b/3"))) {
      assertThatThrownBy(() -> client.cluster(uris.toArray(new String[0])))
          .isInstanceOf(ConfigurationException.class)
          .hasMessageContaining("a cluster has database 0 only; remove the path");
    }
    client.requireFailure(RedisContract.nodeUris()[0] + "/3", "no such database", "database 0");
  }

  @ParameterizedTest
  @EnumSource
  void l1_aSingleServerAsACluster(ClientUnderTest client) {
    try (RedisProcess server = RedisProcess.start();
        RedisBackend backend = client.cluster(server.uri().toString())) {
      assertThatThrownBy(backend::open)
          .isInstanceOf(ConfigurationException.class)
          .hasMessageContaining("the server is not a node of a cluster")
          .hasMessageContaining("Call .uri(…)")
          .hasMessageNotContaining("\n");
    }
  }
}
