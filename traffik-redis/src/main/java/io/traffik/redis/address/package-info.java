/** Redis URIs, and the removal of their user information from foreign messages. */
package io.traffik.redis.address;
