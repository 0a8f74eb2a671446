package io.traffik.redis;

import io.traffik.Backend;
import io.traffik.redis.server.RedisConnection;
import io.traffik.redis.server.RedisServers;
import io.traffik.tck.backend.BackendContract;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.parallel.ResourceLock;

/** The conformance kit for backends, for any client and topology. */
abstract class RedisContract extends BackendContract {

  /** The resolution of Redis' clock. */
  private static final Duration MICROSECOND = Duration.ofNanos(1_000);

  /** Long enough for answers on a busy machine. */
  private static final Duration LONG_DEADLINE = Duration.ofSeconds(10);

  abstract RedisBackendBuilder<?> builder(String namespace);

  @Override
  protected Backend backend(String namespace) {
    return builder(namespace).deadline(LONG_DEADLINE).build();
  }

  @Override
  protected Duration clockResolution() {
    return MICROSECOND;
  }

  @Override
  protected boolean sharesBuckets() {
    return true;
  }

  static String standaloneUri() {
    return RedisServers.standalone().uri().toString();
  }

  static String[] nodeUris() {
    return RedisServers.cluster().uris().toArray(new String[0]);
  }

  /**
   * Only on the standalone server: Sentinel would replace a server that does not answer. One test
   * at a time: otherwise one test would end the pause of another.
   */
  @ResourceLock("pauses of the standalone server")
  abstract static class Stallable extends RedisContract {

    @Override
    protected @Nullable Runnable stall() {
      pause("PAUSE", "30000", "WRITE");
      return () -> pause("UNPAUSE");
    }

    private static void pause(String... words) {
      String[] command = new String[words.length + 1];
      command[0] = "CLIENT";
      System.arraycopy(words, 0, command, 1, words.length);
      try (RedisConnection connection = RedisServers.standalone().connect()) {
        connection.execute(command);
      }
    }
  }
}
