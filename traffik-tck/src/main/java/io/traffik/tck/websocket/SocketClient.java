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

/** A client by the JDK's library; what it hears, it keeps in the order in which it came. */
final class SocketClient implements WebSocket.Listener {

  /**
   * How long a server may take; no rule says how fast to be. Tests of the kit that know that
   * nothing will come are less patient.
   */
  static volatile long timeoutSeconds = 20;

  static final String PONG = "pong";

  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  private final BlockingQueue<String> received = new LinkedBlockingQueue<>();
  private final StringBuilder partial = new StringBuilder();
  private final boolean reads;
  private final WebSocket socket;

  /**
   * Connects.
   *
   * @param reads whether it reads what the server sends
   * @throws CompletionException if the handshake is refused
   */
  SocketClient(URI uri, boolean reads, String... headers) {
    this.reads = reads;
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

  /** The server's thread answers a ping when it has taken all messages sent before. */
  SocketClient ping() {
    await(socket.sendPing(ByteBuffer.allocate(0)));
    return this;
  }

  private static void await(CompletableFuture<WebSocket> sent) {
    sent.orTimeout(timeoutSeconds, TimeUnit.SECONDS).join();
  }

  /** The next text, {@link #PONG}, {@code closed} and a code, or {@code lost}. */
  String receive() throws InterruptedException {
    String next = received.poll(timeoutSeconds, TimeUnit.SECONDS);
    if (next == null) {
      throw new AssertionError("the client must hear something, but nothing came");
    }
    return next;
  }

  SocketClient assertReceives(String... expected) throws InterruptedException {
    for (String each : expected) {
      assertEquals(each, receive(), "what the client hears next");
    }
    return this;
  }

  /** The replies of the handler to these messages, and nothing else before them. */
  SocketClient assertServed(String... texts) throws InterruptedException {
    for (String text : texts) {
      assertReceives(PlannedSocket.reply(text));
    }
    return this;
  }

  /** The frame of rule W2. */
  SocketClient assertDenied(long retryAfter) throws InterruptedException {
    ReceivedFrame.assertDenial(receive(), retryAfter);
    return this;
  }

  void close() {
    socket.abort();
  }

  @Override
  public void onOpen(WebSocket opened) {
    if (reads) {
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
