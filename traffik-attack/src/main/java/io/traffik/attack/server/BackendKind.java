package io.traffik.attack.server;

import io.traffik.Backend;
import io.traffik.memory.InMemoryBackend;
import io.traffik.redis.RedisBackend;

/** The store of the buckets. */
public enum BackendKind {
  MEMORY("memory") {
    @Override
    Backend create(String redisUri, String namespace) {
      return InMemoryBackend.create(namespace);
    }
  },

  LETTUCE("Lettuce") {
    @Override
    Backend create(String redisUri, String namespace) {
      return RedisBackend.lettuce(redisUri, namespace);
    }
  },

  JEDIS("Jedis") {
    @Override
    Backend create(String redisUri, String namespace) {
      return RedisBackend.jedis(redisUri, namespace);
    }
  };

  private final String label;

  BackendKind(String label) {
    this.label = label;
  }

  abstract Backend create(String redisUri, String namespace);

  @Override
  public String toString() {
    return label;
  }
}
