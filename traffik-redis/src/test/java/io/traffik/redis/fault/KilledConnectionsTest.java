package io.traffik.redis.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.traffik.Backend;
import io.traffik.redis.server.NeedsProcesses;
import io.traffik.redis.server.RedisProcess;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A server that closes all connections under load and keeps running. */
@Isolated
@NeedsProcesses
@Tag("fault")
class KilledConnectionsTest {

  private static final long CAPACITY = 3_000;
  private static final int KILLS = 5;

  /** Calls in flight may have been charged without an answer; none is granted twice. */
  @ParameterizedTest
  @EnumSource
  void s4_afterClientKillItReconnectsAndReplaysNothing(ClientLibrary client) {
    try (RedisProcess server = RedisProcess.start();
        Backend backend = client.standalone(server.uri().toString(), "cut");
        LoadGenerator load = LoadGenerator.start(backend, CAPACITY, "client")) {
      for (int kill = 1; kill <= KILLS; kill++) {
        load.awaitGranted(kill * CAPACITY / 2 / KILLS);
        server.execute("CLIENT", "KILL", "TYPE", "normal");
        load.awaitAnswers();
      }
      load.awaitDenied();
      load.requireRules(ClientLibrary.DEADLINE);
      load.requireGranted(CAPACITY, 0);
      assertThat(load.failed())
          .as("failures: only the call in flight of each thread")
          .isLessThanOrEqualTo((long) KILLS * LoadGenerator.THREADS);
    }
  }
}
