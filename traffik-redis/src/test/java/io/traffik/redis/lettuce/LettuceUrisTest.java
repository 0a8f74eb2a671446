package io.traffik.redis.lettuce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.lettuce.core.RedisURI;
import io.traffik.redis.address.RedisAddress;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Lettuce's form of URIs: rule T4. */
final class LettuceUrisTest {

  private static RedisURI of(String uri) {
    return LettuceUris.of(RedisAddress.parse(uri), Duration.ofSeconds(2));
  }

  /** Lettuce logs this text. */
  @Test
  void t4_textsContainNoUserInformation() {
    assertThat(of("rediss://robert:secret@host:7000/1").toString())
        .startsWith("rediss://host:7000/1");
    for (String uri : List.of("redis-sentinel://robert:secret@a,b:2/3#m", "redis://secret@host")) {
      assertThat(of(uri).toString()).doesNotContain("robert", "secret", "*");
      assertThat(of(uri).getSentinels().toString()).doesNotContain("robert", "secret", "*");
    }
  }

  @Test
  void l1_allPartsArrive() {
    RedisURI sentinel = of("rediss-sentinel://pw@a,b:2/3#m");
    assertThat(sentinel.getSentinelMasterId()).isEqualTo("m");
    assertThat(sentinel.getDatabase()).isEqualTo(3);
    assertThat(sentinel.getSentinels())
        .extracting(RedisURI::getHost, RedisURI::getPort, RedisURI::isSsl)
        .containsExactly(tuple("a", 26379, true), tuple("b", 2, true));
    assertThat(of("redis://[::1]:7000").getHost()).isEqualTo("::1");
  }
}
