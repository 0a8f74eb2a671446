/** Token buckets in the memory of one process. */
package io.traffik.memory;
