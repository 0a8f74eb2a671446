/** The decision script, its calls, and the interface that a Redis client implements. */
package io.traffik.redis.script;
