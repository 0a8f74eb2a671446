/**
 * Parts that HTTP adapters share: one charge per request and throttle, the {@code RateLimit}
 * fields, the response to a denied request, and the decoding of request paths.
 */
package io.traffik.http;
