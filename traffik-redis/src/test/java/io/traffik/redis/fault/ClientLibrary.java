package io.traffik.redis.fault;

import io.traffik.Backend;
import io.traffik.redis.RedisBackend;
import java.time.Duration;
import java.util.List;

/** The supported client libraries. */
enum ClientLibrary {
  LETTUCE {
    @Override
    Backend standalone(String uri, String namespace, Duration deadline) {
      return RedisBackend.lettuce(namespace).uri(uri).deadline(deadline).build();
    }

    @Override
    Backend cluster(List<String> uris, String namespace) {
      return RedisBackend.lettuce(namespace)
          .cluster(uris.toArray(new String[0]))
          .deadline(DEADLINE)
          .build();
    }
  },
  JEDIS {
    @Override
    Backend standalone(String uri, String namespace, Duration deadline) {
      return RedisBackend.jedis(namespace).uri(uri).deadline(deadline).build();
    }

    @Override
    Backend cluster(List<String> uris, String namespace) {
      return RedisBackend.jedis(namespace)
          .cluster(uris.toArray(new String[0]))
          .deadline(DEADLINE)
          .build();
    }
  };

  static final Duration DEADLINE = Duration.ofMillis(250);

  /** A backend over one server, or over a master under Sentinel. */
  Backend standalone(String uri, String namespace) {
    return standalone(uri, namespace, DEADLINE);
  }

  abstract Backend standalone(String uri, String namespace, Duration deadline);

  abstract Backend cluster(List<String> uris, String namespace);
}
