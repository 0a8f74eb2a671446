package io.traffik.javalin;

import io.javalin.config.JavalinState;
import io.javalin.config.Key;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import io.javalin.plugin.Plugin;
import io.javalin.router.Endpoint;
import io.javalin.router.ParsedEndpoint;
import io.traffik.Backend;
import io.traffik.ConnectionThrottledException;
import io.traffik.http.QuotaFields;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import org.jspecify.annotations.Nullable;

/**
 * Brings throttling to a Javalin application: a backend for throttles that have none of their own,
 * answers to denied requests, and route templates in {@code before} handlers.
 *
 * <pre>{@code
 * config.registerPlugin(new TraffikPlugin(backend));
 * }</pre>
 *
 * <p>The backend is opened when the server starts. When the server has stopped, it is reset, unless
 * it is {@link Backend#persistent()}, and closed, even if the reset fails, which is logged; so a
 * backend belongs to one server.
 *
 * <p>A {@link ConnectionThrottledException}, from {@link Throttling} or from the application's own
 * code, is answered with 429; an exception handler of the application's for it is used instead.
 */
public final class TraffikPlugin extends Plugin<Void> {

  private static final Logger LOGGER = System.getLogger(TraffikPlugin.class.getName());
  private static final Key<TraffikPlugin> KEY = new Key<>(TraffikPlugin.class.getName());

  private final Backend backend;
  private final QuotaFields quotaFields;
  private volatile @Nullable JavalinState state;

  /**
   * A plugin with a backend, which sends {@link QuotaFields#STANDARD}.
   *
   * @param backend the application's backend, not null
   */
  public TraffikPlugin(Backend backend) {
    this(backend, QuotaFields.STANDARD);
  }

  /**
   * A plugin with a backend and a choice of quota fields.
   *
   * @param backend the application's backend, not null
   * @param quotaFields the fields to send, not null
   */
  public TraffikPlugin(Backend backend, QuotaFields quotaFields) {
    this.backend = backend;
    this.quotaFields = quotaFields;
  }

  /** The plugin of the application that a request came to, or null if it has none. */
  static @Nullable TraffikPlugin of(Context ctx) {
    try {
      return ctx.appData(KEY);
    } catch (RuntimeException e) {
      // Javalin has no way to ask whether there is one.
      return null;
    }
  }

  Backend backend() {
    return backend;
  }

  QuotaFields quotaFields() {
    return quotaFields;
  }

  /** The endpoint that would answer a request if it were a GET, or null if there is none. */
  @Nullable Endpoint endpointOfGet(Context ctx) {
    JavalinState known = state;
    if (known == null) {
      return null;
    }
    String path = ctx.path().substring(ctx.contextPath().length());
    ParsedEndpoint found = known.internalRouter.findFirstHttpHandlerEntry(HandlerType.GET, path);
    return found == null ? null : found.endpoint;
  }

  @Override
  public void onInitialize(JavalinState state) {
    this.state = state;
    state.appData(KEY, this);
    state.events.serverStarting(backend::open);
    state.events.serverStopped(this::leave);
    // Javalin looks up the endpoint before the before handlers only if such a handler may need it.
    state.routes.beforeMatched(ctx -> {});
    state.routes.exception(
        ConnectionThrottledException.class, (thrown, ctx) -> Throttling.answer(ctx, thrown));
  }

  private void leave() {
    try (backend) {
      if (!backend.persistent()) {
        backend.reset();
      }
    } catch (RuntimeException e) {
      LOGGER.log(Level.WARNING, "backend \"" + backend.namespace() + "\" was not left clean", e);
    }
  }
}
