import org.jspecify.annotations.NullMarked;

/** Token buckets in Redis, over Lettuce or Jedis. */
@NullMarked
module io.traffik.redis {
  requires static org.jspecify;
  requires static io.netty.buffer;
  requires static io.netty.common;
  requires static io.netty.handler;
  requires static io.netty.transport;
  requires static lettuce.core;
  requires static reactor.core;
  requires static redis.clients.jedis;
  requires transitive io.traffik;

  exports io.traffik.redis;
}
