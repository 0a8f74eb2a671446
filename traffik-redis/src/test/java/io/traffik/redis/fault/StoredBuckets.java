package io.traffik.redis.fault;

import io.traffik.Backend;
import io.traffik.redis.server.RedisConnection;
import io.traffik.redis.server.RedisProcess;

/** Reads the stored buckets of the throttle {@code api}, in the format of {@code docs/redis.md}. */
final class StoredBuckets {

  private StoredBuckets() {}

  /** The key of a bucket whose parts consist of letters and digits. */
  static String keyOf(Backend backend, String client, String scope) {
    return backend.namespace() + "|api|" + client + "|" + scope;
  }

  /**
   * The tokens that are missing in a bucket of {@link LoadGenerator#policy}, as a server stores it.
   *
   * @param server a master or a replica
   * @param clustered whether the server is a node of a cluster
   */
  static long takenTokens(RedisProcess server, String key, long capacity, boolean clustered) {
    try (RedisConnection connection = server.connect()) {
      if (clustered) {
        connection.execute("READONLY");
      }
      String[] value = connection.text("GET", key).split(":", -1);
      long missingNanos = Long.parseLong(value[1]) * 1_000 + Long.parseLong(value[2]);
      return missingNanos / LoadGenerator.policy(capacity).rate(0).nanosPerToken();
    }
  }
}
