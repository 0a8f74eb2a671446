package io.traffik.examples.tenants;

/**
 * A tenant, as its token names it.
 *
 * @param id the tenant
 * @param plan the name of its plan
 */
record Tenant(String id, String plan) {}
