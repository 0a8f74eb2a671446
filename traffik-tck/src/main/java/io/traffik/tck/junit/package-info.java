/** The JUnit extension that creates fixtures and names the broken rule in each failure. */
package io.traffik.tck.junit;
