package io.traffik.javalin;

import static io.traffik.javalin.Throttling.throttled;
import static io.traffik.javalin.Throttling.throttledMessages;
import static org.assertj.core.api.Assertions.assertThat;

import io.javalin.config.JavalinConfig;
import io.traffik.Throttle;
import io.traffik.spi.BackendCall;
import io.traffik.testing.WebSocketTestClient;
import jakarta.servlet.http.HttpSessionEvent;
import jakarta.servlet.http.HttpSessionListener;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.junit.jupiter.api.Test;

/** Threads and sessions of Javalin while decisions wait and after denials. */
final class JavalinWaitingTest {

  private final Throttle chat = Throttle.builder("chat").rate("99/h").build();

  /** A backend that waits until the test lets it decide. */
  private static final class StoppedBackend extends TestBackends.Recording {

    private final CountDownLatch started = new CountDownLatch(1);
    private final AtomicInteger decisions = new AtomicInteger();

    @Override
    public long[] decide(BackendCall call) {
      decisions.incrementAndGet();
      try {
        started.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      return super.decide(call);
    }
  }

  private static JavalinTestServer server(
      StoppedBackend backend, Consumer<JavalinConfig> configuration) {
    return new JavalinTestServer(
        config -> {
          config.registerPlugin(new TraffikPlugin(backend));
          configuration.accept(config);
        });
  }

  @Test
  void w3_handlersRunOnTheServersThreads() throws Exception {
    StoppedBackend backend = new StoppedBackend();
    backend.started.countDown();
    try (JavalinTestServer server =
            server(
                backend,
                config -> {
                  config.jetty.threadPool = new QueuedThreadPool(40);
                  config.jetty.modifyServer(
                      s -> ((QueuedThreadPool) s.getThreadPool()).setName("own"));
                  config.routes.ws(
                      "/chat",
                      throttledMessages(
                          chat,
                          ws -> ws.onMessage(ctx -> ctx.send(Thread.currentThread().getName()))));
                });
        WebSocketTestClient client = WebSocketTestClient.connect(server.webSocketUri("/chat"))) {
      assertThat(client.send("a").receive()).startsWith("own-");
    }
  }

  @Test
  void f6_w3_aStoppedStoreLeavesHalfOfTheThreadsAndAShareOfTheOthers() throws Exception {
    StoppedBackend backend = new StoppedBackend();
    List<WebSocketTestClient> clients = new ArrayList<>();
    try (JavalinTestServer server =
        server(
            backend,
            config -> {
              config.jetty.threadPool = new QueuedThreadPool(16, 16);
              config.routes.get("/free", ctx -> ctx.result("ok"));
              config.routes.ws(
                  "/chat", throttledMessages(chat, ws -> ws.onMessage(ctx -> ctx.send("ok"))));
            })) {
      try {
        for (int n = 0; n < 20; n++) {
          clients.add(WebSocketTestClient.connect(server.webSocketUri("/chat")));
          clients.get(n).send("a");
          if (n >= 4) {
            assertThat(clients.get(n).receive()).contains("\"retry_after\":1}");
          }
        }
        assertThat(backend.decisions)
            .as("half of the waiting threads, which are half of 16")
            .hasValue(4);
        assertThat(server.status(1, "GET /free")).isEqualTo(200);
      } finally {
        backend.started.countDown();
      }
      assertThat(clients.get(0).receive()).isEqualTo("ok");
      for (WebSocketTestClient client : clients) {
        client.close();
      }
    }
  }

  @Test
  void w3_aRefusedHandshakeLeavesNoSession() throws Exception {
    AtomicInteger sessions = new AtomicInteger();
    HttpSessionListener counter =
        new HttpSessionListener() {
          @Override
          public void sessionCreated(HttpSessionEvent event) {
            sessions.incrementAndGet();
          }

          @Override
          public void sessionDestroyed(HttpSessionEvent event) {
            sessions.decrementAndGet();
          }
        };
    StoppedBackend backend = new StoppedBackend();
    backend.started.countDown();
    Throttle broken = Throttle.builder("broken").rate("1/h").identifier(view -> null).build();
    Throttle none = Throttle.builder("none").rate("1/h").cost(view -> 2).build();
    try (JavalinTestServer server =
        server(
            backend,
            config -> {
              config.jetty.modifyServletContextHandler(
                  handler -> handler.getSessionHandler().addEventListener(counter));
              config.routes.wsBeforeUpgrade("/chat", throttled(none));
              config.routes.ws("/chat", ws -> {});
              config.routes.wsBeforeUpgrade("/broken", throttled(broken));
              config.routes.ws("/broken", ws -> {});
            })) {
      for (String path : List.of("/chat", "/chat", "/broken")) {
        assertThat(server.handshake(path, "Connection: close", ""))
            .contains(path.equals("/chat") ? "429" : "500");
      }
      assertThat(sessions).hasValue(0);
    }
  }
}
