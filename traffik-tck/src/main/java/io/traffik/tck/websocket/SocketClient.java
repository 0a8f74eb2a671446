package io.traffik.tck.websocket;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A client by the JDK's library, which queues received messages and events in order. */
final class SocketClient implements WebSocket.Listener {

  /**
   * The time limit of one message, longer than any correct server needs. The kit's own tests lower
   * it, because broken adapters send nothing.
   */
  static volatile long timeoutSeconds = 20;

  static final String PONG = "pong";

  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  private final BlockingQueue<String> received = new LinkedBlockingQueue<>();
  private final StringBuilder partial = new StringBuilder();
  private final boolean reading;
  private final WebSocket socket;

  /**
   * Connects.
   *
   * @param reading whether to read messages from the server
   * @throws CompletionException if the handshake is rejected
   */
  SocketClient(URI uri, boolean reading, String... headers) {
    this.reading = reading;
    WebSocket.Builder builder = CLIENT.newWebSocketBuilder();
    for (int i = 0; i < headers.length; i += 2) {
      builder.header(headers[i], headers[i + 1]);
    }
    socket = builder.buildAsync(uri, this).orTimeout(timeoutSeconds, TimeUnit.SECONDS).join();
  }

  SocketClient send(String... texts) {
    for (String text : texts) {
      await(socket.sendText(text, true));
    }
    return this;
  }

  SocketClient sendBytes(int count) {
    await(socket.sendBinary(ByteBuffer.allocate(count), true));
    return this;
  }

  /** Sends a ping, which the server acknowledges after it has read all earlier messages. */
  SocketClient ping() {
    await(socket.sendPing(ByteBuffer.allocate(0)));
    return this;
  }

  private static void await(CompletableFuture<WebSocket> sent) {
    sent.orTimeout(timeoutSeconds, TimeUnit.SECONDS).join();
  }

  /** Returns the next text, {@link #PONG}, {@code closed} with a code, or {@code lost}. */
  String receive() throws InterruptedException {
    String next = received.poll(timeoutSeconds, TimeUnit.SECONDS);
    if (next == null) {
      throw new AssertionError(
          "the client must receive a message, but received none in " + timeoutSeconds + " seconds");
    }
    return next;
  }

  SocketClient assertReceives(String... expected) throws InterruptedException {
    for (String each : expected) {
      assertEquals(each, receive(), "the next message that the client receives");
    }
    return this;
  }

  /** Asserts that the next messages are the handler's replies to these. */
  SocketClient assertServed(String... texts) throws InterruptedException {
    for (String text : texts) {
      assertReceives(PlannedSocket.reply(text));
    }
    return this;
  }

  /** Asserts that the next message is a denial by rule W2. */
  SocketClient assertDenied(long retryAfter) throws InterruptedException {
    ReceivedFrame.assertDenial(receive(), retryAfter);
    return this;
  }

  /** Asserts that the next message says that the server could not decide. */
  SocketClient assertUnavailable() throws InterruptedException {
    ReceivedFrame.assertUnavailable(receive());
    return this;
  }

  void close() {
    socket.abort();
  }

  @Override
  public void onOpen(WebSocket opened) {
    if (reading) {
      opened.request(1);
    }
  }

  @Override
  public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
    partial.append(data);
    if (last) {
      received.add(partial.toString());
      partial.setLength(0);
    }
    from.request(1);
    return null;
  }

  @Override
  public @Nullable CompletionStage<?> onPong(WebSocket from, ByteBuffer message) {
    received.add(PONG);
    from.request(1);
    return null;
  }

  @Override
  public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
    received.add("closed " + code);
    return null;
  }

  @Override
  public void onError(WebSocket from, Throwable thrown) {
    received.add("lost");
  }
}
