/** The contract of adapters for HTTP frameworks. */
package io.traffik.tck.http;
