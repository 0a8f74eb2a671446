/**
 * Token buckets in Redis: {@link io.traffik.redis.RedisBackend} and its builders.
 *
 * <p>The other packages of this module are not exported:
 *
 * <ul>
 *   <li>{@code script}: the Lua script, its arguments and answers, and {@code ScriptRunner}, the
 *       interface between the backend and a Redis client
 *   <li>{@code lettuce}: {@code ScriptRunner} over Lettuce
 *   <li>{@code jedis}: {@code ScriptRunner} over Jedis, with connections of its own or with those
 *       of a client that the user provides
 *   <li>{@code async}: deadlines and limits for asynchronous calls
 * </ul>
 *
 * <p>To support another Redis client, implement {@code ScriptRunner} in a new package. Add a
 * builder to those that {@link io.traffik.redis.RedisBackendBuilder} permits, and a factory method
 * to {@link io.traffik.redis.RedisBackend}.
 */
package io.traffik.redis;
