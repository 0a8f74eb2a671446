package io.traffik.testing;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A WebSocket client of the JDK that queues the texts and the close frames that it receives. */
public final class WebSocketTestClient implements WebSocket.Listener, AutoCloseable {

  private static final HttpClient HTTP_CLIENT = HttpClient.newHttpClient();

  private final BlockingQueue<String> received = new LinkedBlockingQueue<>();
  private final StringBuilder partial = new StringBuilder();
  private final WebSocket socket;

  private WebSocketTestClient(HttpClient client, URI uri, String... headers) {
    WebSocket.Builder builder = client.newWebSocketBuilder();
    for (int i = 0; i < headers.length; i += 2) {
      builder.header(headers[i], headers[i + 1]);
    }
    socket = builder.buildAsync(uri, this).join();
  }

  /**
   * Connects.
   *
   * @param headers names and values, alternating
   */
  public static WebSocketTestClient connect(URI uri, String... headers) {
    return connect(HTTP_CLIENT, uri, headers);
  }

  public static WebSocketTestClient connect(HttpClient client, URI uri, String... headers) {
    return new WebSocketTestClient(client, uri, headers);
  }

  /** Returns the HTTP response to a handshake that the server must reject. */
  public static HttpResponse<?> rejectedHandshake(URI uri) {
    return rejectedHandshake(HTTP_CLIENT, uri);
  }

  public static HttpResponse<?> rejectedHandshake(HttpClient client, URI uri) {
    try {
      connect(client, uri).close();
    } catch (CompletionException e) {
      if (e.getCause() instanceof WebSocketHandshakeException rejection) {
        return rejection.getResponse();
      }
      throw e;
    }
    throw new AssertionError("The server accepted a handshake that it must reject.");
  }

  public WebSocketTestClient send(String... texts) {
    for (String text : texts) {
      socket.sendText(text, true).join();
    }
    return this;
  }

  /** Sends consecutive numbers on another thread, until the connection ends. */
  public void sendInBackground(int count) {
    Thread sender =
        new Thread(
            () -> {
              try {
                for (int n = 0; n < count; n++) {
                  send("" + n);
                }
              } catch (CompletionException e) {
                // The server has closed the connection.
              }
            });
    sender.setDaemon(true);
    sender.start();
  }

  public void sendClose() {
    socket.sendClose(WebSocket.NORMAL_CLOSURE, "").join();
  }

  /** Waits for the next text, {@code close} with code and reason, or {@code error}. */
  public String receive() throws InterruptedException {
    String next = received.poll(20, TimeUnit.SECONDS);
    if (next == null) {
      throw new AssertionError("The server sent nothing within 20 seconds.");
    }
    return next;
  }

  @Override
  public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
    partial.append(data);
    if (last) {
      received.add(partial.toString());
      partial.setLength(0);
    }
    from.request(1);
    return null;
  }

  @Override
  public CompletionStage<?> onClose(WebSocket from, int code, String reason) {
    received.add("close " + code + " " + reason);
    return null;
  }

  @Override
  public void onError(WebSocket from, Throwable thrown) {
    received.add("error " + thrown);
  }

  @Override
  public void close() {
    socket.abort();
  }
}
