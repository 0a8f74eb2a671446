package io.traffik.javalin;

import io.javalin.http.Context;
import io.javalin.http.HttpResponseException;
import io.javalin.http.servlet.JavalinServletContext;
import io.javalin.http.servlet.Task;
import io.traffik.BackendException;
import io.traffik.ConfigurationException;
import io.traffik.ConnectionThrottledException;
import io.traffik.Throttle;
import io.traffik.ThrottleGroup;
import io.traffik.http.HttpDenial;
import io.traffik.http.RateLimitHeaders;
import io.traffik.http.ThrottledRequest;
import jakarta.servlet.http.HttpSession;
import java.util.function.ToLongFunction;
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

  /**
   * Decides whether the request may proceed.
   *
   * @param routed whether Javalin called the handler of the throttles
   * @return false if the request is denied and Javalin skips its further handlers
   * @throws ConnectionThrottledException if the request is denied, and only an exception ends the
   *     calling handler
   */
  boolean admit(ThrottleGroup group, boolean routed) {
    JavalinView view = new JavalinView(ctx, plugin);
    if (JavalinView.isHandshake(ctx)) {
      ctx.attribute(REMOTE_ADDRESS, view.remoteAddress());
    }
    boolean allowed = false;
    try {
      ConnectionThrottledException denial = request.admit(group, view).orElse(null);
      allowed = denial == null;
      if (denial != null) {
        deny(denial, routed);
      }
      return allowed;
    } catch (BackendException e) {
      throw plugin == null ? respondWithoutPlugin(e, 503, () -> respond(e)) : e;
    } catch (ConfigurationException e) {
      throw plugin == null ? PluginState.withRemedy(e) : e;
    } finally {
      request.writeHeaders(rateLimitHeaders(), ctx.res()::setHeader);
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

  /** Throws an exception only where nothing else ends the calling handler. */
  private void deny(ConnectionThrottledException denial, boolean routed) {
    if (routed && ctx instanceof JavalinServletContext servletContext) {
      // What Javalin does after an exception: it skips the handlers, but not the after handlers.
      servletContext.setExceptionOccurred(true);
      respondNext(
          servletContext,
          plugin == null ? () -> respond(denial) : () -> plugin.mapException(denial, ctx));
      if (plugin != null && !plugin.logsRequests()) {
        DenialBody.writeLast(servletContext);
      }
    } else {
      throw plugin == null
          ? respondWithoutPlugin(denial, denial.status(), () -> respond(denial))
          : denial;
    }
  }

  /**
   * Responds without an exception mapper. Only an exception ends the calling handler and still runs
   * the {@code after} handlers. Javalin responds to its own exception without a mapper, and the
   * task that is added here replaces that response. Handshakes run no tasks, so the response is
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
    respondNext(servletContext, respond);
    return response;
  }

  private static void respondNext(JavalinServletContext servletContext, Runnable respond) {
    servletContext
        .getTasks()
        .offerFirst(
            new Task(
                false,
                () -> {
                  respond.run();
                  return Unit.INSTANCE;
                }));
  }

  void settle(Throttle throttle, ToLongFunction<? super Context> actualCost) {
    if (request.isCharged(throttle)) {
      request.settle(throttle, actualCost.applyAsLong(ctx));
    }
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
