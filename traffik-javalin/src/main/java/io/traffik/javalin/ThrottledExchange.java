package io.traffik.javalin;

import io.javalin.http.Context;
import io.javalin.http.HttpResponseException;
import io.javalin.http.servlet.JavalinServletContext;
import io.javalin.http.servlet.Task;
import io.traffik.BackendException;
import io.traffik.ConfigurationException;
import io.traffik.ConnectionThrottledException;
import io.traffik.Throttle;
import io.traffik.http.HttpDenial;
import io.traffik.http.RateLimitHeaders;
import io.traffik.http.ThrottledRequest;
import jakarta.servlet.http.HttpSession;
import java.util.List;
import kotlin.Unit;
import org.jspecify.annotations.Nullable;

/** Enforces throttles for one request and writes their header fields or their denial. */
final class ThrottledExchange {

  /** A request attribute, because a forward creates a new context; other adapters share it. */
  private static final String ATTRIBUTE = ThrottledRequest.class.getName();

  /** The address that the server reported at the handshake of a WebSocket. */
  static final String REMOTE_ADDRESS = "io.traffik.javalin.remoteAddress";

  private final Context ctx;
  private final @Nullable PluginState plugin;
  private final ThrottledRequest request;

  ThrottledExchange(Context ctx) {
    this.ctx = ctx;
    this.plugin = PluginState.of(ctx);
    this.request = ctx.attributeOrCompute(ATTRIBUTE, context -> new ThrottledRequest());
  }

  /** Returns normally if the request is allowed; throws otherwise. */
  void enforce(List<Throttle> throttles) {
    JavalinView view = new JavalinView(ctx, plugin);
    if (JavalinView.isHandshake(ctx)) {
      ctx.attribute(REMOTE_ADDRESS, view.remoteAddress());
    }
    boolean allowed = false;
    try {
      request.enforceAll(throttles, view);
      allowed = true;
    } catch (ConnectionThrottledException e) {
      throw plugin == null ? respondWithoutPlugin(e, e.status(), () -> respond(e)) : e;
    } catch (BackendException e) {
      throw plugin == null ? respondWithoutPlugin(e, 503, () -> respond(e)) : e;
    } catch (ConfigurationException e) {
      throw plugin == null ? PluginState.withRemedy(e) : e;
    } finally {
      request.headers(rateLimitHeaders()).forEach(ctx::header);
      if (!allowed) {
        discardNewSession();
      }
    }
  }

  /** Javalin creates a session for every handshake. It is useless once the handshake is refused. */
  private void discardNewSession() {
    HttpSession session = JavalinView.isHandshake(ctx) ? ctx.req().getSession(false) : null;
    if (session != null && session.isNew() && !session.getAttributeNames().hasMoreElements()) {
      session.invalidate();
    }
  }

  /**
   * Responds to a denial without an exception mapper. Only an exception skips the handler and still
   * runs the {@code after} handlers. Javalin responds to its own exception without a mapper, and
   * the task that is added here replaces that response. Handshakes run no tasks, so the response is
   * written directly.
   */
  private RuntimeException respondWithoutPlugin(
      RuntimeException thrown, int status, Runnable respond) {
    HttpResponseException response =
        new HttpResponseException(status, ConnectionThrottledException.reasonPhrase(status));
    if (JavalinView.isHandshake(ctx)) {
      respond.run();
      return response;
    }
    if (!(ctx instanceof JavalinServletContext servletContext)) {
      return thrown;
    }
    servletContext
        .getTasks()
        .offerFirst(
            new Task(
                false,
                () -> {
                  respond.run();
                  return Unit.INSTANCE;
                }));
    return response;
  }

  void respond(ConnectionThrottledException thrown) {
    discardNewSession();
    ResponseReset.replace(ctx, denial(thrown));
  }

  void respond(BackendException thrown) {
    discardNewSession();
    ResponseReset.replace(ctx, denial(thrown));
  }

  HttpDenial denial(BackendException thrown) {
    return request.denial(thrown, rateLimitHeaders());
  }

  HttpDenial denial(ConnectionThrottledException thrown) {
    return request.denial(thrown, rateLimitHeaders());
  }

  private RateLimitHeaders rateLimitHeaders() {
    return plugin == null ? RateLimitHeaders.STANDARD : plugin.rateLimitHeaders();
  }
}
