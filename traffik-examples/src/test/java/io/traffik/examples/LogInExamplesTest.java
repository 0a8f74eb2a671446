package io.traffik.examples;

import static io.traffik.examples.ExampleServer.postForm;
import static io.traffik.examples.ExampleServer.withJavalin;
import static io.traffik.examples.ExampleServer.withServlets;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.javalin.config.JavalinConfig;
import io.traffik.Decision;
import io.traffik.Identity;
import io.traffik.Throttle;
import io.traffik.ThrottleRegistry;
import io.traffik.javalin.TraffikPlugin;
import io.traffik.memory.InMemoryBackend;
import io.traffik.servlet.ThrottleFilter;
import io.traffik.tck.ManualClock;
import jakarta.servlet.ServletContext;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.junit.jupiter.api.Test;

/** The examples of docs/log-ins.md (rule B14). */
final class LogInExamplesTest {

  private final InMemoryBackend backend = new ManualClock().backend();
  private final ThrottleRegistry throttles = ThrottleRegistry.of(backend);
  private final LogInExamples examples =
      new LogInExamples((account, password) -> "right".equals(password));

  private static final class PasswordServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    @Override
    protected void doPost(HttpServletRequest request, HttpServletResponse response) {
      if (!"right".equals(request.getParameter("password"))) {
        request.setAttribute("logInFailed", true);
        response.setStatus(401);
      }
    }
  }

  private static HttpResponse<String> logIn(int port, String account, String password)
      throws Exception {
    return postForm(port, "/login", "account=" + account + "&password=" + password);
  }

  /** A settlement follows the response. */
  private static void assertLeft(Throttle throttle, String client, long tokens) {
    await()
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(1))
        .untilAsserted(
            () ->
                assertThat(throttle.client(Identity.of(client)).peek().values())
                    .extracting(Decision::remaining)
                    .containsExactly(tokens));
  }

  private void assertOnlyFailuresOfTheAddressCount(int port) throws Exception {
    Throttle logIns = throttles.get("login");
    for (int i = 0; i < 30; i++) {
      assertThat(logIn(port, "alice", "right").statusCode()).isEqualTo(200);
      assertLeft(logIns, "127.0.0.1", 20);
    }
    for (int i = 0; i < 20; i++) {
      assertThat(logIn(port, "user" + i, "wrong").statusCode()).isEqualTo(401);
      assertLeft(logIns, "127.0.0.1", 19 - i);
    }
    assertThat(logIn(port, "alice", "right").statusCode()).isEqualTo(429);
  }

  @Test
  void b14_javalinCountsFailuresOnly() throws Exception {
    withJavalin(
        config -> examples.javalin(config, throttles), this::assertOnlyFailuresOfTheAddressCount);
  }

  @Test
  void b14_aServletFilterCountsFailuresOnly() throws Exception {
    withServlet(LogInExamples::servlet);
  }

  @Test
  void b14_anAttributeOfTheServletMayTellTheFailure() throws Exception {
    withServlet(
        (context, registry) ->
            LogInExamples.servletByAttribute(
                registry.throttle("login").rate("20/h").build(), context));
  }

  private void withServlet(BiConsumer<ServletContext, ThrottleRegistry> registration)
      throws Exception {
    withServlets(
        context -> {
          context.addServlet(new ServletHolder(new PasswordServlet()), "/login");
          context.addServletContainerInitializer(
              (classes, servletContext) -> registration.accept(servletContext, throttles));
        },
        this::assertOnlyFailuresOfTheAddressCount);
  }

  @Test
  void b14_failuresOfAnAccountCount() throws Exception {
    withJavalin(
        withPlugin(config -> examples.perAccount(config, throttles)),
        port -> {
          Throttle perAccount = throttles.get("login-account");
          Throttle perAddress = throttles.get("login-address");
          for (int i = 0; i < 5; i++) {
            assertThat(logIn(port, i % 2 == 0 ? "alice" : "Alice", "wrong").statusCode())
                .isEqualTo(401);
            assertLeft(perAccount, "account:alice", 4 - i);
            assertLeft(perAddress, "127.0.0.1", 19 - i);
          }
          assertThat(logIn(port, "alice", "right").statusCode()).isEqualTo(429);
          assertLeft(perAddress, "127.0.0.1", 15);
          assertThat(logIn(port, "bob", "right").statusCode()).isEqualTo(200);
          assertLeft(perAccount, "account:bob", 5);
          assertThat(logIn(port, "", "right").statusCode()).isEqualTo(429);
        });
  }

  private Consumer<JavalinConfig> withPlugin(Consumer<JavalinConfig> routes) {
    return config -> {
      config.registerPlugin(new TraffikPlugin(throttles));
      routes.accept(config);
    };
  }

  @Test
  void byHand_attemptsAtALockedAccountCountForTheAddress() throws Exception {
    Throttle perAddress = throttles.throttle("login-address").rate("20/h").build();
    Throttle perAccount =
        throttles
            .throttle("login-account")
            .rate("5/15min")
            .identifier(view -> Identity.of("account:alice"))
            .build();
    withJavalin(
        withPlugin(config -> examples.byHand(config, perAddress, perAccount)),
        port -> {
          for (int i = 0; i < 30; i++) {
            assertThat(logIn(port, "alice", "right").statusCode()).isEqualTo(200);
          }
          for (int i = 0; i < 20; i++) {
            assertThat(logIn(port, "alice", "wrong").statusCode()).isEqualTo(i < 5 ? 401 : 429);
          }
          assertThat(logIn(port, "bob", "right").body())
              .contains("\"violated-policies\":[\"login-address\"]");
        });
  }

  @Test
  void b14_failuresOfAnAccountCountInAServletContainer() throws Exception {
    Throttle perAccount =
        throttles
            .throttle("login-account")
            .rate("5/15min")
            .identifier(LogInExamples::servletAccount)
            .build();
    withServlets(
        context -> {
          context.addServlet(new ServletHolder(new PasswordServlet()), "/login");
          context.addServletContainerInitializer(
              (classes, servletContext) ->
                  ThrottleFilter.of(perAccount)
                      .registry(throttles)
                      .register(servletContext, "/login"));
        },
        port -> {
          assertThat(logIn(port, "Alice", "right").statusCode()).isEqualTo(200);
          assertLeft(perAccount, "account:alice", 4);
        });
  }
}
