package io.traffik.redis.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.traffik.Backend;
import io.traffik.redis.server.NeedsProcesses;
import io.traffik.redis.server.RedisProcess;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A server that crashes and comes back empty. */
@NeedsProcesses
class KilledServerTest {

  private static final long CAPACITY = 1_000;

  /** Buckets that were lost are full again: once more their capacity, and not a token beyond. */
  @ParameterizedTest
  @EnumSource
  void b3_s4_aServerThatComesBackEmptyGrantsOnceMoreTheCapacity(Client client) {
    try (RedisProcess server = RedisProcess.start();
        Backend backend = client.alone(server.uri().toString(), "crashed");
        Load load = Load.on(backend, CAPACITY, "client")) {
      load.awaitDenied();
      assertThat(load.granted()).isEqualTo(CAPACITY);
      server.kill();
      load.awaitFailures();
      server.restart();
      load.awaitAnswers();
      load.awaitDenied();
      load.requireRulesKept(Client.DEADLINE);
      load.requireGranted(CAPACITY, CAPACITY);
    }
  }
}
