package io.traffik.javalin;

import io.javalin.http.servlet.JavalinServletContext;
import io.javalin.http.servlet.Task;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.nio.charset.StandardCharsets;
import kotlin.Unit;

/**
 * The body of a denial as the result of a Javalin context.
 *
 * <p>It hides the stream's class, because Javalin can generate an ETag for known stream classes. It
 * would respond to conditional requests with 304 instead of the denial.
 */
final class DenialBody extends FilterInputStream {

  private final byte[] bytes;

  DenialBody(String body) {
    this(body.getBytes(StandardCharsets.US_ASCII));
  }

  private DenialBody(byte[] bytes) {
    super(new ByteArrayInputStream(bytes));
    this.bytes = bytes;
  }

  /**
   * Writes the body at the end of a request, unless another handler has replaced it. Javalin would
   * copy it through a new buffer of 32 KB, which costs more than the decision.
   */
  static void writeLast(JavalinServletContext ctx) {
    ctx.getTasks()
        .offerLast(
            new Task(
                false,
                () -> {
                  if (ctx.resultInputStream() instanceof DenialBody body
                      && !ctx.getResponseWritten().getAndSet(true)) {
                    ResponseReset.send(ctx.res(), body.bytes);
                  }
                  return Unit.INSTANCE;
                }));
  }
}
