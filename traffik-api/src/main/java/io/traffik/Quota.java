package io.traffik;

import java.time.Duration;

/**
 * What one rate of a throttle has left for a client.
 *
 * @param name the throttle's uid; with several rates followed by a dash and the place of the rate,
 *     from 1
 * @param rate the rate
 * @param remaining whole tokens left, from 0 to the rate's capacity
 * @param resetAfter the time until the bucket is full, not negative
 */
public record Quota(String name, Rate rate, long remaining, Duration resetAfter) {}
