/**
 * What HTTP adapters share: charging a request once, the {@code RateLimit} fields, the answer to a
 * denied request, and one text for all spellings of a path.
 */
package io.traffik.http;
