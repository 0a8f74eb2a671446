package io.traffik.jmh.check;

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
public record CallLatencies(
    long median,
    long p999,
    long p9999,
    long longest,
    long longestWithoutSafepoints,
    long longestCpuTime,
    long longestLockWait,
    long safepoints,
    long longestSafepoint) {}
