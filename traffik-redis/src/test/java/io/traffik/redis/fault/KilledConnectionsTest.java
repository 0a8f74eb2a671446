package io.traffik.redis.fault;

import io.traffik.Backend;
import io.traffik.redis.server.NeedsProcesses;
import io.traffik.redis.server.RedisProcess;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A server that cuts all connections while it is asked, and lives on. */
@Isolated
@NeedsProcesses
@Tag("fault")
class KilledConnectionsTest {

  private static final long CAPACITY = 3_000;
  private static final int KILLS = 5;

  /** What was under way may have been charged without an answer; nothing is granted twice. */
  @ParameterizedTest
  @EnumSource
  void s4_afterClientKillItConnectsAgainAndReplaysNothing(Client client) {
    try (RedisProcess server = RedisProcess.start();
        Backend backend = client.alone(server.uri().toString(), "cut");
        Load load = Load.on(backend, CAPACITY, "client")) {
      for (int kill = 1; kill <= KILLS; kill++) {
        load.awaitGranted(kill * CAPACITY / 2 / KILLS);
        server.ask("CLIENT", "KILL", "TYPE", "normal");
        load.awaitAnswers();
      }
      load.awaitDenied();
      load.requireRulesKept(Client.DEADLINE);
      load.requireGranted(CAPACITY, 0);
    }
  }
}
