/** Deadlines, limits and shared attempts for asynchronous calls, whichever client makes them. */
package io.traffik.redis.async;
