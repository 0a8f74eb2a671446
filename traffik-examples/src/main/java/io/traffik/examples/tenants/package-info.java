/** A server for many tenants, whose plans have different rates and different stores. */
@org.jspecify.annotations.NullMarked
package io.traffik.examples.tenants;
