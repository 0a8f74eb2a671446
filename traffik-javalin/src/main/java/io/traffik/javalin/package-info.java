/**
 * Rate limiting of Javalin applications: {@link io.traffik.javalin.TraffikPlugin} once per
 * application, {@link io.traffik.javalin.Throttling#throttled} on its routes.
 */
package io.traffik.javalin;
