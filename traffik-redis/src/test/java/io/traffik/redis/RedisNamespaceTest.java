package io.traffik.redis;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.traffik.ConfigurationException;
import org.junit.jupiter.api.Test;

final class RedisNamespaceTest {

  @Test
  void l1_aBlankOrTooLongNamespaceIsRejected() {
    assertThatThrownBy(() -> RedisBackend.lettuce(" "))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage("namespace must not be blank: \" \"");
    assertThatThrownBy(() -> RedisBackend.jedis("*".repeat(62)))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith("namespace must take at most 184 characters in a key")
        .hasMessageContaining(": 186 for \"***");
  }
}
