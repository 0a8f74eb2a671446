package io.traffik.redis;

import io.traffik.Backend;
import io.traffik.memory.InMemoryBackend;
import java.time.Duration;

/** The stores that keep the same rules about rates: memory, and Redis over each client. */
enum StoreUnderTest {
  MEMORY {
    @Override
    Backend backend(String namespace) {
      return InMemoryBackend.create(namespace);
    }
  },
  LETTUCE {
    @Override
    Backend backend(String namespace) {
      return RedisBackend.lettuce(namespace)
          .uri(RedisContract.standaloneUri())
          .deadline(DEADLINE)
          .build();
    }
  },
  JEDIS {
    @Override
    Backend backend(String namespace) {
      return RedisBackend.jedis(namespace)
          .uri(RedisContract.standaloneUri())
          .deadline(DEADLINE)
          .build();
    }
  };

  private static final Duration DEADLINE = Duration.ofSeconds(10);

  abstract Backend backend(String namespace);
}
