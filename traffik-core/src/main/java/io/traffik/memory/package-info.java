/**
 * Token buckets in the memory of one process. Start with {@link io.traffik.memory.InMemoryBackend};
 * inside, {@code StripedStore} shows the path of a hit.
 */
package io.traffik.memory;
