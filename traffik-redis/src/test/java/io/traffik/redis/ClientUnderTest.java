package io.traffik.redis;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.traffik.BackendException;
import io.traffik.ConfigurationException;
import io.traffik.TraffikException;

/** The Redis clients, each as it opens a URI. */
enum ClientUnderTest {
  LETTUCE {
    @Override
    RedisBackend backend(String uri) {
      return RedisBackend.lettuce(uri, "app");
    }

    @Override
    RedisBackend cluster(String... uris) {
      return RedisBackend.lettuce("app").cluster(uris).build();
    }
  },
  JEDIS {
    @Override
    RedisBackend backend(String uri) {
      return RedisBackend.jedis(uri, "app");
    }

    @Override
    RedisBackend cluster(String... uris) {
      return RedisBackend.jedis("app").cluster(uris).build();
    }
  };

  abstract RedisBackend backend(String uri);

  abstract RedisBackend cluster(String... uris);

  void open(String uri) {
    try (RedisBackend backend = backend(uri)) {
      backend.open();
    }
  }

  /** Waiting would not help. */
  void requireFailure(String uri, String... words) {
    requireFailure(ConfigurationException.class, uri, words);
  }

  /** The server is out of reach or out of order. */
  void requireOutage(String uri, String... words) {
    requireFailure(BackendException.class, uri, words);
  }

  private void requireFailure(Class<? extends TraffikException> type, String uri, String... words) {
    assertThatThrownBy(() -> open(uri))
        .isInstanceOf(type)
        .message()
        .startsWith("Backend \"app\": ")
        .contains(words);
  }
}
