package io.traffik.redis;

import io.traffik.Backend;
import io.traffik.redis.server.RedisConnection;
import io.traffik.redis.server.RedisServers;
import io.traffik.tck.backend.BackendContract;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.parallel.ResourceLock;

/** The kit for backends, over whatever client and servers. */
abstract class RedisContract extends BackendContract {

  /** How Redis' clock tells times apart. */
  private static final Duration MICROSECOND = Duration.ofNanos(1_000);

  /** Long enough for what a busy machine does not answer in time. */
  private static final Duration PATIENT = Duration.ofSeconds(10);

  abstract RedisBackendBuilder<?> choices(String namespace);

  @Override
  protected Backend backend(String namespace) {
    return choices(namespace).deadline(PATIENT).build();
  }

  @Override
  protected Duration clockResolution() {
    return MICROSECOND;
  }

  @Override
  protected boolean sharesBuckets() {
    return true;
  }

  static String alone() {
    return RedisServers.standalone().uri().toString();
  }

  static String[] nodes() {
    return RedisServers.cluster().uris().toArray(new String[0]);
  }

  /**
   * On the server that stands alone: sentinels would take one that does not answer for dead. One at
   * a time, or one would end the pause of another.
   */
  @ResourceLock("pauses of the server that stands alone")
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
        connection.ask(command);
      }
    }
  }
}
