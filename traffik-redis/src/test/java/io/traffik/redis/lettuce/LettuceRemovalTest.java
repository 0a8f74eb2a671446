package io.traffik.redis.lettuce;

import static org.assertj.core.api.Assertions.assertThatCode;

import io.lettuce.core.cluster.RedisClusterClient;
import io.traffik.redis.RedisBackend;
import io.traffik.redis.server.NeedsProcesses;
import io.traffik.redis.server.RedisServers;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Timeout;

/** A reset that is the first command to the nodes of a cluster. */
@NeedsProcesses
@Timeout(value = 20, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class LettuceRemovalTest {

  /**
   * Lettuce waits for the connection to a node, whose event loop must not be the one that waits.
   */
  @RepeatedTest(5)
  void l2_resetConnectsToAllNodes() {
    RedisClusterClient client = RedisClusterClient.create(RedisServers.cluster().uris().get(0));
    try (RedisBackend backend =
        RedisBackend.lettuce("removal").client(client).deadline(Duration.ofSeconds(5)).build()) {
      assertThatCode(backend::reset).doesNotThrowAnyException();
    } finally {
      client.shutdown();
    }
  }
}
