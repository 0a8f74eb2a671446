package io.traffik.javalin;

import io.javalin.http.Context;
import io.traffik.http.HttpDenial;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** What handlers had set and written before one of them met a denial. */
record ResponseReset(Context ctx) {

  private static final Logger LOGGER = System.getLogger(TraffikPlugin.class.getName());

  /** Puts a denial in its place, unless it is on its way: then nothing more is added to it. */
  void giveWayTo(HttpDenial denial) {
    HttpServletResponse response = ctx.res();
    if (response.isCommitted()) {
      dropResult();
      return;
    }
    // Javalin sends no result in answer to a handshake.
    boolean directly = JavalinView.isHandshake(ctx) || response.containsHeader("Content-Encoding");
    dropWhatIsThere(response);
    ctx.status(denial.status());
    denial.headers().forEach(ctx::header);
    byte[] body = denial.body().getBytes(StandardCharsets.US_ASCII);
    if (directly) {
      dropResult();
      send(response, body);
    } else {
      ctx.result(withoutTag(body));
    }
  }

  private void dropResult() {
    if (ctx.resultInputStream() != null) {
      ctx.result(InputStream.nullInputStream());
    }
  }

  /** Keeps fields such as those of CORS that still hold. */
  private static void dropWhatIsThere(HttpServletResponse response) {
    Map<String, List<String>> retained =
        HttpDenial.retainedHeaders(response.getHeaderNames(), response::getHeaders);
    response.reset();
    retained.forEach((name, values) -> restore(response, name, values));
  }

  /** In place of what the reset brought back by itself: Jetty's Date, say. */
  private static void restore(HttpServletResponse response, String name, List<String> values) {
    response.setHeader(name, values.get(0));
    values.stream().skip(1).forEach(value -> response.addHeader(name, value));
  }

  /** Past a compressor that Javalin put before the response, and that would go on compressing. */
  private static void send(HttpServletResponse response, byte[] body) {
    response.setContentLength(body.length);
    try (OutputStream out = response.getOutputStream()) {
      out.write(body);
    } catch (IOException e) {
      LOGGER.log(Level.DEBUG, "the client of a denied request left before the answer", e);
    }
  }

  /**
   * Javalin may be told to tag what it can take the checksum of, by its very class, and to answer
   * 304 to who has it: a denial would be taken for the page.
   */
  private static InputStream withoutTag(byte[] body) {
    return new FilterInputStream(new ByteArrayInputStream(body)) {};
  }
}
