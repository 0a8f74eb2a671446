/** The contract of backends: rules as tests, in simulated or in real time. */
package io.traffik.tck.backend;
