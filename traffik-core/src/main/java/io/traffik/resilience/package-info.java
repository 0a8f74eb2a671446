/** Wrappers that protect an application from a store that hangs. */
package io.traffik.resilience;
