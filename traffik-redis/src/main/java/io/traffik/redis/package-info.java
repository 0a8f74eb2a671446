/** Token buckets in Redis: {@link io.traffik.redis.RedisBackend}. */
package io.traffik.redis;
