/** Runs the decision script over Jedis. */
package io.traffik.redis.jedis;
