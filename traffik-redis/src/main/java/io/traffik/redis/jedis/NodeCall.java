package io.traffik.redis.jedis;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import redis.clients.jedis.HostAndPort;

/**
 * A call to one server.
 *
 * @param asking whether the key's slot is moving to the server, which requires {@code ASKING}
 */
record NodeCall(JedisServers topology, HostAndPort server, boolean asking, long deadline) {

  long remainingNanos() throws TimeoutException {
    long remaining = deadline - System.nanoTime();
    if (remaining <= 0) {
      throw new TimeoutException();
    }
    return remaining;
  }

  int remainingMillis() throws TimeoutException {
    return millis(remainingNanos());
  }

  static int millis(long nanos) {
    return (int) TimeUnit.NANOSECONDS.toMillis(nanos) + 1;
  }
}
