package io.traffik.tck.http;

import io.traffik.Backend;
import io.traffik.http.RateLimitHeaders;
import java.util.List;

/**
 * The routes and settings of a server for one test of {@link AdapterContract}.
 *
 * @param routes the routes to serve, at least one; the framework may respond to other paths as it
 *     likes
 * @param rateLimitHeaders the header fields to send
 * @param backend the application's backend, which the connection view must return; the server may
 *     open, reset and close it
 */
public record ServerPlan(
    List<PlannedRoute> routes, RateLimitHeaders rateLimitHeaders, Backend backend) {}
