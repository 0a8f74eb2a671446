/** Token buckets in any store that can compare and set: the base of backends over such a store. */
package io.traffik.store;
