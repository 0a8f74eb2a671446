/**
 * What HTTP adapters share: charging a request once, the {@code RateLimit} fields and the answer to
 * a denied request.
 */
package io.traffik.http;
