package io.traffik.examples.tenants;

import static io.traffik.javalin.Throttling.throttled;

import com.auth0.jwt.algorithms.Algorithm;
import io.javalin.Javalin;
import io.javalin.http.Context;
import io.traffik.Backend;
import io.traffik.ConnectionView;
import io.traffik.Identifier;
import io.traffik.Identity;
import io.traffik.Rates;
import io.traffik.Scope;
import io.traffik.Throttle;
import io.traffik.ThrottleRegistry;
import io.traffik.javalin.TraffikPlugin;
import io.traffik.memory.InMemoryBackend;
import io.traffik.redis.RedisBackend;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A server for many tenants. A token names the tenant and its plan. Tenants of the plan {@code
 * premium} share their buckets between servers, in Redis. All others have theirs in memory, and so
 * have clients without a valid token, who are told apart by their addresses.
 */
public final class MultiTenantServer implements AutoCloseable {

  private static final String PREMIUM = "premium";
  private static final String TENANT = "tenant";

  private final PlanFile plans;
  private final TenantTokens tokens;
  private final Backend redis;
  private final ThrottleRegistry throttles = ThrottleRegistry.of(InMemoryBackend.create("tenants"));
  private final Javalin server;

  /**
   * Creates a server.
   *
   * @param plans the rates of the plans; closed with this server
   * @param redis the store of premium tenants; closed with this server
   * @param key the key of the tokens
   */
  MultiTenantServer(PlanFile plans, Backend redis, Algorithm key) {
    this.plans = plans;
    this.tokens = new TenantTokens(key);
    this.redis = redis;
    Throttle api =
        throttles
            .throttle("api")
            .rate("10/min")
            .rates(this::ratesOf)
            .identifier(((Identifier) this::tenantIdentity).or(Identifier.remoteAddress()))
            .backend(view -> isPremium(view) ? redis : null)
            .scope(Scope.ALL_ROUTES)
            .build();
    this.server =
        Javalin.create(
            config -> {
              config.registerPlugin(new TraffikPlugin(throttles));
              config.routes.before(this::authenticate);
              config.routes.before("/api/*", throttled(api));
              config.routes.get("/api/hello", ctx -> ctx.result("hello"));
            });
  }

  private void authenticate(Context ctx) {
    ctx.attribute(TENANT, tokens.tenantOf(ctx.header("Authorization")));
  }

  private static @Nullable Tenant tenantOf(ConnectionView view) {
    Context ctx = view.unwrap(Context.class);
    return ctx == null ? null : ctx.attribute(TENANT);
  }

  private @Nullable Identity tenantIdentity(ConnectionView view) {
    Tenant tenant = tenantOf(view);
    return tenant == null ? null : Identity.of("tenant:" + tenant.id());
  }

  private @Nullable Rates ratesOf(ConnectionView view) {
    Tenant tenant = tenantOf(view);
    return plans.ratesOf(tenant == null ? "anonymous" : tenant.plan());
  }

  private static boolean isPremium(ConnectionView view) {
    Tenant tenant = tenantOf(view);
    return tenant != null && tenant.plan().equals(PREMIUM);
  }

  /** Opens the stores and listens on the loopback interface; 0 chooses a free port. */
  int start(int port) {
    redis.open();
    return server.start("127.0.0.1", port).port();
  }

  /** Stops the server, which closes the registry's backend, and closes everything else. */
  @Override
  public void close() {
    server.stop();
    redis.close();
    plans.close();
  }

  /**
   * Starts a server.
   *
   * @param arguments the file of plans, the URI of Redis and the port. The variable {@code
   *     TOKEN_SECRET} has the secret of the tokens
   */
  public static void main(String[] arguments) throws IOException {
    String secret = System.getenv("TOKEN_SECRET");
    if (arguments.length != 3 || secret == null) {
      System.err.println(
          "Usage: TOKEN_SECRET=… MultiTenantServer plans.properties redis://localhost:6379 8080");
      System.exit(2);
    }
    MultiTenantServer started =
        new MultiTenantServer(
            new PlanFile(Path.of(arguments[0])),
            RedisBackend.lettuce(arguments[1], "tenants"),
            Algorithm.HMAC256(secret));
    Runtime.getRuntime().addShutdownHook(new Thread(started::close));
    System.out.println("Listening on port " + started.start(Integer.parseInt(arguments[2])));
  }
}
