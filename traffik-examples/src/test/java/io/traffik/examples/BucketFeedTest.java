package io.traffik.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.javalin.Javalin;
import io.traffik.Backend;
import io.traffik.memory.InMemoryBackend;
import io.traffik.spi.BackendCall;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** The updates that a page receives if the backend fails for a while. */
final class BucketFeedTest {

  /** A backend that fails three times and then works. */
  private static final class FailingThenWorkingBackend implements Backend {

    private final InMemoryBackend memory = InMemoryBackend.create("failing");
    private final AtomicInteger failures = new AtomicInteger(3);

    @Override
    public String namespace() {
      return memory.namespace();
    }

    @Override
    public long[] decide(BackendCall call) {
      if (failures.getAndDecrement() > 0) {
        throw new IllegalStateException("unavailable");
      }
      return memory.decide(call);
    }

    @Override
    public CompletionStage<long[]> decideAsync(BackendCall call) {
      return memory.decideAsync(call);
    }

    @Override
    public void reset() {
      memory.reset();
    }

    @Override
    public void close() {
      memory.close();
    }
  }

  @Test
  void feed_continuesAfterTheBackendFailed() throws Exception {
    Javalin server = Demo.server(new FailingThenWorkingBackend()).start("127.0.0.1", 0);
    try {
      CompletableFuture<String> update = new CompletableFuture<>();
      WebSocket.Listener page =
          new WebSocket.Listener() {
            @Override
            public CompletionStage<?> onText(WebSocket socket, CharSequence text, boolean last) {
              update.complete(text.toString());
              return null;
            }
          };
      URI uri = URI.create("ws://127.0.0.1:" + server.port() + "/socket?client=alice");
      WebSocket socket =
          HttpClient.newHttpClient().newWebSocketBuilder().buildAsync(uri, page).join();
      assertThat(update.get(20, TimeUnit.SECONDS)).contains("\"type\":\"bucket\"");
      socket.abort();
    } finally {
      server.stop();
    }
  }
}
