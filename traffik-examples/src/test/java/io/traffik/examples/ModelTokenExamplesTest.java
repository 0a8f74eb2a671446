package io.traffik.examples;

import static io.traffik.examples.ExampleServer.postForm;
import static io.traffik.examples.ExampleServer.withJavalin;
import static io.traffik.examples.ExampleServer.withServlets;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import io.traffik.Charge;
import io.traffik.Decision;
import io.traffik.Identity;
import io.traffik.Throttle;
import io.traffik.ThrottleRegistry;
import io.traffik.examples.ModelTokenExamples.Reply;
import io.traffik.memory.InMemoryBackend;
import io.traffik.tck.FakeConnection;
import io.traffik.tck.ManualClock;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.junit.jupiter.api.Test;

/** The examples of docs/model-tokens.md (rule B14). */
final class ModelTokenExamplesTest {

  private final ManualClock clock = new ManualClock();
  private final InMemoryBackend backend = clock.backend();
  private final ThrottleRegistry throttles = ThrottleRegistry.of(backend);
  private final FakeConnection connection = FakeConnection.get("/").remoteAddress("192.0.2.7");

  private static final class AnsweringServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    @Override
    protected void doPost(HttpServletRequest request, HttpServletResponse response) {
      request.setAttribute("usedTokens", 12_000L);
    }
  }

  private void assertOwes(long tokens) {
    await()
        .untilAsserted(
            () ->
                assertThat(
                        throttles
                            .get("model-tokens")
                            .client(Identity.of("127.0.0.1"))
                            .peek()
                            .values())
                    .extracting(Decision::resetAfter)
                    .containsExactly(Duration.ofMillis(6 * tokens)));
  }

  @Test
  void b14_theTokensOfAReplyAreCharged() {
    Throttle tokens = ModelTokenExamples.modelTokens(backend);
    String reply =
        ModelTokenExamples.ask(tokens, connection, "Why?", prompt -> new Reply("So.", 12_000));
    assertThat(reply).isEqualTo("So.");
    Decision denied = tokens.hit(connection, 1);
    assertThat(denied.retryAfter()).hasValue(Duration.ofMillis(12_006));
    clock.advance(Duration.ofMillis(12_006));
    assertThat(tokens.hit(connection, 1).allowed()).isTrue();
    clock.advance(Duration.ofHours(1));
    assertThatIllegalStateException()
        .isThrownBy(
            () ->
                ModelTokenExamples.ask(
                    tokens,
                    connection,
                    "Why?",
                    prompt -> {
                      throw new IllegalStateException("overloaded");
                    }));
    assertThat(tokens.peek(connection).remaining()).isEqualTo(10_000);
  }

  @Test
  void b14_aStreamIsSettledAtItsEnd() {
    Throttle tokens = ModelTokenExamples.modelTokens(backend);
    CompletableFuture<Reply> answer = new CompletableFuture<>();
    ModelTokenExamples.stream(tokens, connection, answer);
    assertThat(tokens.peek(connection).remaining()).isEqualTo(9_500);
    answer.complete(new Reply("So.", 300));
    assertThat(tokens.peek(connection).remaining()).isEqualTo(9_700);
    CompletableFuture<Reply> failing = new CompletableFuture<>();
    ModelTokenExamples.stream(tokens, connection, failing);
    failing.completeExceptionally(new IllegalStateException("overloaded"));
    assertThat(tokens.peek(connection).remaining()).isEqualTo(9_700);
  }

  @Test
  void b14_aBoundedDebtLeavesTokensUnpaid() {
    Throttle tokens = ModelTokenExamples.boundedDebt(backend);
    Charge charge = tokens.charge(connection, 500);
    ModelTokenExamples.reportUnpaid(charge, new Reply("So.", 2_000_000));
    assertThat(tokens.peek(connection).resetAfter()).isEqualTo(Duration.ofMinutes(101));
  }

  @Test
  void b14_javalinSettlesAfterTheResponse() throws Exception {
    withJavalin(
        config ->
            ModelTokenExamples.javalin(
                config,
                throttles,
                prompt -> {
                  if (prompt.equals("fail")) {
                    throw new IllegalStateException("overloaded");
                  }
                  return new Reply("So.", 12_000);
                }),
        port -> {
          assertThat(postForm(port, "/ask", "fail").statusCode()).isEqualTo(500);
          assertOwes(0);
          assertThat(postForm(port, "/ask", "Why?").body()).isEqualTo("So.");
          assertOwes(12_000);
          assertThat(postForm(port, "/ask", "Why?").statusCode()).isEqualTo(429);
        });
  }

  @Test
  void b14_aServletFilterSettlesAfterTheResponse() throws Exception {
    withServlets(
        context -> {
          context.addServlet(new ServletHolder(new AnsweringServlet()), "/ask");
          context.addServletContainerInitializer(
              (classes, servletContext) -> ModelTokenExamples.servlet(servletContext, throttles));
        },
        port -> {
          assertThat(postForm(port, "/ask", "Why?").statusCode()).isEqualTo(200);
          assertOwes(12_000);
          assertThat(postForm(port, "/ask", "Why?").statusCode()).isEqualTo(429);
        });
  }
}
