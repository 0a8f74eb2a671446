package io.traffik.javalin;

import static io.traffik.javalin.Throttling.throttled;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.traffik.Throttle;
import java.net.http.HttpResponse;
import java.util.function.Consumer;
import java.util.zip.Adler32;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Denials after a handler has begun a response, with and without the plugin. */
final class ResponseResetTest {

  private final Handler denial =
      throttled(
          Throttle.builder("api")
              .rate("5/h")
              .cost(view -> 6)
              .backend(TestBackends.inMemory())
              .build());

  private JavalinTestServer server(boolean plugin, Consumer<JavalinConfig> options, Handler begin) {
    return new JavalinTestServer(
        config -> {
          if (plugin) {
            config.registerPlugin(new TraffikPlugin(TestBackends.inMemory()));
          }
          options.accept(config);
          config.routes.get(
              "/",
              ctx -> {
                begin.handle(ctx);
                denial.handle(ctx);
              });
        });
  }

  private JavalinTestServer server(boolean plugin, Handler begin) {
    return server(plugin, config -> {}, begin);
  }

  private static void assertCompleteDenial(HttpResponse<String> response) throws Exception {
    assertThat(response.statusCode()).isEqualTo(429);
    assertThat(response.headers().allValues("Content-Type"))
        .containsExactly("application/problem+json");
    assertThat(QuotaParser.remaining(response, "api")).isEqualTo(5);
    assertThat(QuotaParser.problem(response).get("violated-policies").get(0).asText())
        .isEqualTo("api");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void h1_fieldsOfTheOldContentAreRemovedAndOthersStay(boolean plugin) throws Exception {
    try (JavalinTestServer server =
        server(
            plugin,
            ctx -> {
              ctx.header("Content-Encoding", "gzip").header("Cache-Control", "public, max-age=9");
              ctx.header("ETag", "\"1\"").header("Content-Length", "5");
              ctx.header("Access-Control-Allow-Origin", "*");
              ctx.res().addHeader("Vary", "Origin");
              ctx.res().addHeader("Vary", "Cookie");
              ctx.cookie("one", "1").cookie("two", "2");
              ctx.html("<p>").status(201);
            })) {
      HttpResponse<String> denied = server.get("/", "If-None-Match", "\"1\"");
      assertCompleteDenial(denied);
      assertThat(denied.headers().map())
          .doesNotContainKeys("content-encoding", "cache-control", "etag");
      assertThat(denied.headers().firstValue("Access-Control-Allow-Origin")).hasValue("*");
      assertThat(denied.headers().allValues("Vary")).containsExactly("Origin", "Cookie");
      assertThat(denied.headers().allValues("Set-Cookie")).hasSize(2);
      assertThat(denied.headers().allValues("Date")).hasSize(1);
    }
  }

  enum Written {
    TO_THE_CONTEXT {
      @Override
      void begin(Context ctx) throws Exception {
        ctx.outputStream().write("begun".getBytes(US_ASCII));
      }
    },
    TO_THE_RESPONSE {
      @Override
      void begin(Context ctx) throws Exception {
        ctx.res().getOutputStream().print("begun");
      }
    },
    TO_ITS_WRITER {
      @Override
      void begin(Context ctx) throws Exception {
        ctx.res().getWriter().print("begun");
      }
    };

    abstract void begin(Context ctx) throws Exception;
  }

  @ParameterizedTest
  @EnumSource
  void h1_theDenialReplacesWhatWasWritten(Written written) throws Exception {
    for (boolean plugin : new boolean[] {true, false}) {
      try (JavalinTestServer server = server(plugin, written::begin)) {
        assertCompleteDenial(server.get("/"));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void h1_theDenialIsNotCompressed(boolean plugin) throws Exception {
    try (JavalinTestServer server =
        server(plugin, ctx -> ctx.outputStream().write("begun".repeat(1_000).getBytes(US_ASCII)))) {
      HttpResponse<String> denied = server.get("/", "Accept-Encoding", "gzip");
      assertCompleteDenial(denied);
      assertThat(denied.headers().firstValue("Content-Encoding")).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource
  void h1_aCommittedResponseIsNotChanged(Written written) throws Exception {
    for (boolean plugin : new boolean[] {true, false}) {
      try (JavalinTestServer server =
          server(
              plugin,
              ctx -> {
                ctx.result("unsent");
                written.begin(ctx);
                ctx.res().flushBuffer();
              })) {
        HttpResponse<String> response = server.get("/");
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).isEqualTo("begun");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void h1_aConditionalRequestDoesNotTurnADenialInto304(boolean plugin) throws Exception {
    try (JavalinTestServer server =
        server(plugin, config -> config.http.generateEtags = true, ctx -> ctx.result("begun"))) {
      HttpResponse<String> denied = server.get("/");
      assertCompleteDenial(denied);
      assertThat(denied.headers().firstValue("ETag")).isEmpty();
      // The ETag that Javalin would generate for the same body.
      Adler32 tag = new Adler32();
      tag.update(denied.body().getBytes(US_ASCII));
      assertCompleteDenial(server.get("/", "If-None-Match", "" + tag.getValue()));
    }
  }
}
