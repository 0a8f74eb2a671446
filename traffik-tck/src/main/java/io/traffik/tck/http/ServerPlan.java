package io.traffik.tck.http;

import io.traffik.Backend;
import io.traffik.http.RateLimitHeaders;
import java.util.List;

/**
 * What a server must be like for one test of {@link AdapterContract}.
 *
 * @param routes the routes to serve, one or several; requests for anything else are answered as the
 *     framework pleases
 * @param rateLimitHeaders what clients are told
 * @param backend the application's: throttles without a backend of their own find it through the
 *     connection view. Open until the test is over; the server may open, reset and close it
 */
public record ServerPlan(
    List<PlannedRoute> routes, RateLimitHeaders rateLimitHeaders, Backend backend) {}
