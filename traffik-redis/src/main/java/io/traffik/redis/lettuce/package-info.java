/** Runs the decision script over Lettuce. */
package io.traffik.redis.lettuce;
