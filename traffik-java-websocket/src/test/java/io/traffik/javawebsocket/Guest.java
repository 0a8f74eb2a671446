package io.traffik.javawebsocket;

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
import javax.net.ssl.SSLContext;

/** A client by the JDK. What it hears is text, or how the connection ended. */
final class Guest implements WebSocket.Listener, AutoCloseable {

  private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
  private final StringBuilder partial = new StringBuilder();
  private final WebSocket socket;

  private Guest(HttpClient client, URI uri, String... headers) {
    WebSocket.Builder builder = client.newWebSocketBuilder();
    for (int i = 0; i < headers.length; i += 2) {
      builder.header(headers[i], headers[i + 1]);
    }
    socket = builder.buildAsync(uri, this).join();
  }

  static Guest of(URI uri, String... headers) {
    return new Guest(HttpClient.newHttpClient(), uri, headers);
  }

  static Guest overTls(SSLContext tls, URI uri) {
    return new Guest(HttpClient.newBuilder().sslContext(tls).build(), uri);
  }

  /** The answer to a handshake that must be refused. */
  static HttpResponse<?> refused(HttpClient client, URI uri) {
    try {
      client.newWebSocketBuilder().buildAsync(uri, new WebSocket.Listener() {}).join().abort();
    } catch (CompletionException e) {
      if (e.getCause() instanceof WebSocketHandshakeException refusal) {
        return refusal.getResponse();
      }
      throw e;
    }
    throw new AssertionError("the handshake must be refused");
  }

  void send(String text) {
    socket.sendText(text, true).join();
  }

  /** Numbers, from a thread of its own, until all are sent or the connection ends. */
  void sendAsFastAsItCan(int count) {
    Thread sender =
        new Thread(
            () -> {
              try {
                for (int n = 0; n < count; n++) {
                  send("" + n);
                }
              } catch (CompletionException e) {
                // The server has closed.
              }
            });
    sender.setDaemon(true);
    sender.start();
  }

  void leave() {
    socket.sendClose(WebSocket.NORMAL_CLOSURE, "").join();
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
