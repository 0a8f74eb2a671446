/**
 * What authors of stores need and users of throttles do not: the values that a {@link
 * io.traffik.Backend} receives and returns, and the parts that every store would otherwise write
 * again.
 */
package io.traffik.spi;
