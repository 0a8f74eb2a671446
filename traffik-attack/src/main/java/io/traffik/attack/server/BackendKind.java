package io.traffik.attack.server;

import io.traffik.Backend;
import io.traffik.memory.InMemoryBackend;
import io.traffik.redis.RedisBackend;
import java.time.Duration;

/** The store of the buckets. */
public enum BackendKind {
  MEMORY("memory") {
    @Override
    Backend create(String redisUri, String namespace, Duration deadline) {
      return InMemoryBackend.create(namespace);
    }
  },

  LETTUCE("Lettuce") {
    @Override
    Backend create(String redisUri, String namespace, Duration deadline) {
      return RedisBackend.lettuce(namespace).uri(redisUri).deadline(deadline).build();
    }
  },

  JEDIS("Jedis") {
    @Override
    Backend create(String redisUri, String namespace, Duration deadline) {
      return RedisBackend.jedis(namespace).uri(redisUri).deadline(deadline).build();
    }
  };

  private final String label;

  BackendKind(String label) {
    this.label = label;
  }

  abstract Backend create(String redisUri, String namespace, Duration deadline);

  @Override
  public String toString() {
    return label;
  }
}
