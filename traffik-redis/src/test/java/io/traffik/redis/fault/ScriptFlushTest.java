package io.traffik.redis.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.traffik.Backend;
import io.traffik.redis.server.NeedsProcesses;
import io.traffik.redis.server.RedisProcess;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A server whose script cache is flushed under load. */
@Isolated
@NeedsProcesses
@Tag("fault")
class ScriptFlushTest {

  private static final long CAPACITY = 3_000;
  private static final int FLUSHES = 50;

  @ParameterizedTest
  @EnumSource
  void s1_aFlushedScriptIsLoadedAgainWithoutFailures(ClientLibrary client) {
    try (RedisProcess server = RedisProcess.start();
        Backend backend = client.standalone(server.uri().toString(), "flushed");
        LoadGenerator load = LoadGenerator.start(backend, CAPACITY, "client")) {
      for (int flush = 1; flush <= FLUSHES; flush++) {
        load.awaitGranted(flush * CAPACITY / 2 / FLUSHES);
        server.execute("SCRIPT", "FLUSH");
      }
      load.awaitDenied();
      load.requireRules(ClientLibrary.DEADLINE);
      assertThat(load.failed()).isZero();
      assertThat(load.granted()).isEqualTo(CAPACITY);
    }
  }
}
