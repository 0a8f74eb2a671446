package io.traffik.redis.fault;

import io.traffik.Backend;
import io.traffik.redis.server.RedisConnection;
import io.traffik.redis.server.RedisProcess;

/**
 * Where buckets of the throttle {@code api} lie and what is there, as {@code docs/redis.md} says.
 */
final class Keys {

  private Keys() {}

  /** A key whose parts are letters and digits alone. */
  static String of(Backend backend, String client, String scope) {
    return backend.namespace() + "|api|" + client + "|" + scope;
  }

  /**
   * How many tokens a server, a replica too, holds to be taken of a bucket of so many a year.
   *
   * @param clustered whether the server is of a cluster
   */
  static long taken(RedisProcess server, String key, long capacity, boolean clustered) {
    try (RedisConnection connection = server.connect()) {
      if (clustered) {
        connection.ask("READONLY");
      }
      String[] value = connection.text("GET", key).split(":", -1);
      long missingNanos = Long.parseLong(value[1]) * 1_000 + Long.parseLong(value[2]);
      return missingNanos / Load.policy(capacity).rate(0).nanosPerToken();
    }
  }
}
