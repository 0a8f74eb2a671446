/** Contracts that backends and adapters are held to, and a clock that tests move by hand. */
package io.traffik.tck;
