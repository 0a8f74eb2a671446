/** A base class for backends over any store with compare-and-set. */
package io.traffik.store;
