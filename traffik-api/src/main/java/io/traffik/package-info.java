/**
 * Rate limiting for servers, independent of framework and store.
 *
 * <p>A {@link io.traffik.Throttle} limits how often clients may do something, at one or several
 * {@link io.traffik.Rate}s. An {@link io.traffik.Identifier} determines the client of a {@link
 * io.traffik.ConnectionView}. A {@link io.traffik.Backend} stores the token buckets.
 */
package io.traffik;
