package io.traffik.jmh.check;

/**
 * Durations of calls of a limiter, in nanoseconds.
 *
 * @param longest the longest call by the wall clock
 * @param longestWithoutSafepoints the longest call without the time of safepoints
 * @param longestCpuTime the longest processor time of a call
 * @param longestLockWait the longest time that a call waited for locks
 * @param safepoints number of safepoints
 * @param longestSafepoint duration of the longest safepoint
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
