/**
 * Rate limiting for servers, independent of any framework and store: what a connection is ({@link
 * io.traffik.ConnectionView}), who is behind it ({@link io.traffik.Identifier}), how much it may do
 * ({@link io.traffik.Throttle}, {@link io.traffik.Rate}) and who counts ({@link
 * io.traffik.Backend}).
 */
package io.traffik;
