package io.traffik.javalin;

import io.javalin.http.Context;
import io.traffik.http.HttpDenial;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** Replaces a partly written response with a denial. */
final class ResponseReset {

  private static final Logger LOGGER = System.getLogger(TraffikPlugin.class.getName());

  private ResponseReset() {}

  /** Replaces the response, unless it is committed: then its pending result is discarded. */
  static void replace(Context ctx, HttpDenial denial) {
    HttpServletResponse response = ctx.res();
    if (response.isCommitted()) {
      discardResult(ctx);
      return;
    }
    // Javalin sends no result for handshakes. An encoded response may have a compressor already,
    // which the reset does not stop.
    boolean directly = JavalinView.isHandshake(ctx) || response.containsHeader("Content-Encoding");
    discardContent(response);
    ctx.status(denial.status());
    denial.headers().forEach(response::setHeader);
    if (directly) {
      discardResult(ctx);
      send(response, denial.body().getBytes(StandardCharsets.US_ASCII));
    } else {
      ctx.result(new DenialBody(denial.body()));
    }
  }

  private static void discardResult(Context ctx) {
    if (ctx.resultInputStream() != null) {
      ctx.result(InputStream.nullInputStream());
    }
  }

  /** Drops the content. Where possible, the header fields are left alone, which is faster. */
  private static void discardContent(HttpServletResponse response) {
    if (HttpDenial.dropsHeaders(response.getHeaderNames()) || hasWriter(response)) {
      reset(response);
    } else {
      response.resetBuffer();
    }
  }

  /** Only a reset allows a stream after a writer. */
  private static boolean hasWriter(HttpServletResponse response) {
    try {
      response.getOutputStream();
      return false;
    } catch (IllegalStateException | IOException e) {
      return true;
    }
  }

  /** Resets the response, but keeps valid header fields, for example those of CORS. */
  private static void reset(HttpServletResponse response) {
    Map<String, List<String>> retained =
        HttpDenial.retainedHeaders(response.getHeaderNames(), response::getHeaders);
    response.reset();
    retained.forEach((name, values) -> restore(response, name, values));
  }

  /** Replaces fields that the reset itself has added, for example Jetty's Date. */
  private static void restore(HttpServletResponse response, String name, List<String> values) {
    response.setHeader(name, values.get(0));
    values.stream().skip(1).forEach(value -> response.addHeader(name, value));
  }

  /** Writes to the servlet's response directly, past Javalin's compressor. */
  static void send(HttpServletResponse response, byte[] body) {
    response.setContentLength(body.length);
    try (OutputStream out = response.getOutputStream()) {
      out.write(body);
    } catch (IOException e) {
      LOGGER.log(Level.DEBUG, "The client of a denied request has disconnected.", e);
    }
  }
}
