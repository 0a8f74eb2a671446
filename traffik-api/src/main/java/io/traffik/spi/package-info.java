/**
 * Types for authors of backends: the values that a {@link io.traffik.Backend} receives and returns,
 * and parts that most backends share. Users of throttles do not need this package.
 */
package io.traffik.spi;
