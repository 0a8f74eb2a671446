package io.traffik.javalin;

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

/** A client by the JDK. What it hears is text, or how the connection ended. */
final class Guest implements WebSocket.Listener, AutoCloseable {

  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
  private final StringBuilder partial = new StringBuilder();
  private final WebSocket socket;

  Guest(Server server, String path, String... headers) {
    WebSocket.Builder builder = CLIENT.newWebSocketBuilder();
    for (int i = 0; i < headers.length; i += 2) {
      builder.header(headers[i], headers[i + 1]);
    }
    socket = builder.buildAsync(uri(server, path), this).join();
  }

  private static URI uri(Server server, String path) {
    return URI.create("ws://127.0.0.1:" + server.port() + path);
  }

  /** The answer to a handshake that must be refused. */
  static HttpResponse<?> refused(Server server, String path) {
    try {
      new Guest(server, path).close();
    } catch (CompletionException e) {
      if (e.getCause() instanceof WebSocketHandshakeException refusal) {
        return refusal.getResponse();
      }
      throw e;
    }
    throw new AssertionError("the handshake must be refused");
  }

  Guest sends(String... texts) {
    for (String text : texts) {
      socket.sendText(text, true).join();
    }
    return this;
  }

  String hears() throws InterruptedException {
    String next = heard.poll(20, TimeUnit.SECONDS);
    if (next == null) {
      throw new AssertionError("the server must answer");
    }
    return next;
  }

  @Override
  public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
    partial.append(data);
    if (last) {
      heard.add(partial.toString());
      partial.setLength(0);
    }
    from.request(1);
    return null;
  }

  @Override
  public CompletionStage<?> onClose(WebSocket from, int code, String reason) {
    heard.add("close " + code + " " + reason);
    return null;
  }

  @Override
  public void onError(WebSocket from, Throwable thrown) {
    heard.add("error " + thrown);
  }

  @Override
  public void close() {
    socket.abort();
  }
}
