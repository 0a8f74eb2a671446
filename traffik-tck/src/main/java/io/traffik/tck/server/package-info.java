/** A server under test, its responses, and the backend that records every decision. */
package io.traffik.tck.server;
