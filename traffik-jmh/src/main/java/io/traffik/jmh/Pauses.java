package io.traffik.jmh;

/**
 * How long calls of a limiter took, in nanoseconds.
 *
 * @param longest the longest call, by the wall clock
 * @param longestWithoutSafepoints the longest, less the time in which the virtual machine stood
 * @param longestOwn the longest, by the processor time of the thread
 * @param longestWait how long a call waited for locks at most, safepoints apart
 * @param safepoints how often the virtual machine stood
 * @param longestSafepoint how long at most
 */
record Pauses(
    long median,
    long p999,
    long p9999,
    long longest,
    long longestWithoutSafepoints,
    long longestOwn,
    long longestWait,
    long safepoints,
    long longestSafepoint) {}
