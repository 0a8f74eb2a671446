package io.traffik.javalin;

import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/** A Javalin server on a free port of the loopback address, with HTTP clients. */
final class JavalinTestServer implements AutoCloseable {

  private static final HttpClient CLIENT =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private final Javalin javalin;

  JavalinTestServer(Consumer<JavalinConfig> config) {
    javalin =
        Javalin.create(
                javalinConfig -> {
                  javalinConfig.startup.showJavalinBanner = false;
                  config.accept(javalinConfig);
                })
            .start("127.0.0.1", 0);
  }

  HttpResponse<String> get(String path, String... headers) throws Exception {
    return send("GET", path, headers);
  }

  HttpResponse<String> send(String method, String path, String... headers) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + javalin.port() + path))
            .method(method, HttpRequest.BodyPublishers.noBody());
    if (headers.length > 0) {
      request.headers(headers);
    }
    return CLIENT.send(request.build(), BodyHandlers.ofString());
  }

  /** Sends raw bytes from the address 127.0.0.{host} and returns the whole response. */
  String raw(int host, byte[] request) throws IOException {
    try (Socket socket = new Socket()) {
      socket.bind(new InetSocketAddress(loopback(host), 0));
      socket.connect(new InetSocketAddress(loopback(1), javalin.port()));
      OutputStream out = socket.getOutputStream();
      out.write(request);
      out.flush();
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    }
  }

  /** Sends a request line with additional header lines and returns the response's status. */
  int status(int host, String requestLine, String... headers) throws IOException {
    String lines = headers.length == 0 ? "" : String.join("\r\n", headers) + "\r\n";
    String request = requestLine + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n" + lines + "\r\n";
    String response = raw(host, request.getBytes(StandardCharsets.ISO_8859_1));
    return Integer.parseInt(response.substring(9, 12));
  }

  /** Sends a WebSocket handshake with further bytes after it, and returns the whole response. */
  String handshake(String path, String header, String bytesAfter) throws IOException {
    String request =
        String.join(
            "\r\n",
            "GET " + path + " HTTP/1.1",
            "Host: a",
            "Upgrade: websocket",
            "Connection: Upgrade",
            header,
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            "Sec-WebSocket-Version: 13",
            "\r\n");
    return raw(1, (request + bytesAfter).getBytes(StandardCharsets.ISO_8859_1));
  }

  URI webSocketUri(String path) {
    return URI.create("ws://127.0.0.1:" + port() + path);
  }

  int port() {
    return javalin.port();
  }

  private static InetAddress loopback(int host) throws IOException {
    return InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) host});
  }

  @Override
  public void close() {
    javalin.stop();
  }
}
