package io.traffik.redis.lettuce;

import io.lettuce.core.RedisCredentials;
import io.lettuce.core.RedisCredentialsProvider.ImmediateRedisCredentialsProvider;
import io.lettuce.core.RedisURI;
import io.traffik.redis.address.RedisAddress;
import io.traffik.redis.address.RedisAddress.Host;
import java.time.Duration;
import reactor.core.publisher.Mono;

/** Converts parsed URIs for Lettuce. */
final class LettuceUris {

  private LettuceUris() {}

  /**
   * Lettuce's form of a URI. Its text, which Lettuce logs, contains no user information.
   *
   * @param connectTimeout the longest time to connect
   */
  static RedisURI of(RedisAddress address, Duration connectTimeout) {
    RedisURI.Builder uri = RedisURI.builder();
    String master = address.master();
    if (master == null) {
      uri.withHost(address.host().name()).withPort(address.host().port());
    } else {
      uri.withSentinelMasterId(master);
      for (Host sentinel : address.hosts()) {
        // Without the password, which is for the servers only.
        RedisURI each = RedisURI.create(sentinel.name(), sentinel.port());
        each.setSsl(address.tls());
        each.setTimeout(connectTimeout);
        uri.withSentinel(each);
      }
    }
    uri.withSsl(address.tls()).withDatabase(address.database()).withTimeout(connectTimeout);
    String password = address.password();
    if (password != null) {
      uri.withAuthentication(
          new HiddenCredentials(RedisCredentials.just(address.user(), password)));
    }
    return uri.build();
  }

  /**
   * Credentials for handshakes only. Lettuce's handshake asks for them immediately, and {@link
   * RedisURI#toString} for the publisher, which is empty.
   */
  private static final class HiddenCredentials implements ImmediateRedisCredentialsProvider {

    private final RedisCredentials credentials;

    HiddenCredentials(RedisCredentials credentials) {
      this.credentials = credentials;
    }

    @Override
    public RedisCredentials resolveCredentialsNow() {
      return credentials;
    }

    @Override
    public Mono<RedisCredentials> resolveCredentials() {
      return Mono.empty();
    }
  }
}
