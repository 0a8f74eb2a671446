/**
 * Token buckets in Redis: {@link io.traffik.redis.RedisBackend} and its builders.
 *
 * <p>The other packages of this module are not exported:
 *
 * <ul>
 *   <li>{@code script}: the Lua script, its arguments and answers, and {@code ScriptRunner}, the
 *       interface between the backend and a Redis client
 *   <li>{@code lettuce} and {@code jedis}: one implementation of {@code ScriptRunner} each
 *   <li>{@code async}: deadlines and limits for asynchronous calls
 * </ul>
 *
 * <p>To support another Redis client, implement {@code ScriptRunner} in a new package, and add a
 * subclass of {@link io.traffik.redis.RedisBackendBuilder}.
 */
package io.traffik.redis;
