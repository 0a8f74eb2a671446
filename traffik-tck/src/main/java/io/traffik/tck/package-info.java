/** Test doubles for throttles: a clock that tests advance, and connections without a server. */
package io.traffik.tck;
