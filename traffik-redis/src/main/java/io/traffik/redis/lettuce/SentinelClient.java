package io.traffik.redis.lettuce;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisConnectionException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.sentinel.api.StatefulRedisSentinelConnection;
import io.traffik.redis.async.Deadlines;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * A client that asks Sentinel without a timer of Reactor. The threads of that timer never end, and
 * would keep the class loader of an application after its end.
 */
final class SentinelClient extends RedisClient {

  SentinelClient(ClientResources resources) {
    super(resources, new RedisURI());
  }

  @Override
  protected Mono<SocketAddress> getSocketAddress(RedisURI uri) {
    return uri.getSentinels().isEmpty()
        ? super.getSocketAddress(uri)
        : Mono.fromCompletionStage(() -> findMaster(uri));
  }

  private CompletionStage<SocketAddress> findMaster(RedisURI uri) {
    return connectSentinelAsync(StringCodec.UTF8, uri)
        .thenCompose(sentinel -> askAndClose(sentinel, uri))
        .thenApply(address -> resolve(address, uri));
  }

  private static CompletionStage<SocketAddress> askAndClose(
      StatefulRedisSentinelConnection<String, String> sentinel, RedisURI uri) {
    return Deadlines.orTimeout(
            sentinel.async().getMasterAddrByName(uri.getSentinelMasterId()).toCompletableFuture(),
            uri.getTimeout().toNanos())
        .whenComplete(
            (address, thrown) -> {
              var unused = sentinel.closeAsync();
            });
  }

  private SocketAddress resolve(@Nullable SocketAddress address, RedisURI uri) {
    if (address == null) {
      throw new RedisConnectionException(
          "Cannot provide redisAddress using sentinel for masterId " + uri.getSentinelMasterId());
    }
    return address instanceof InetSocketAddress inet
        ? getResources()
            .socketAddressResolver()
            .resolve(RedisURI.create(inet.getHostString(), inet.getPort()))
        : address;
  }
}
