package io.traffik.servlet;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** A running web application and a client for it. */
final class TestApplication implements AutoCloseable {

  interface Shutdown {
    void stop() throws Exception;
  }

  private static final Duration TIMEOUT = Duration.ofSeconds(20);
  private static final HttpClient CLIENT =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(TIMEOUT).build();

  private final int port;
  private final String contextPath;
  private final Shutdown shutdown;

  TestApplication(int port, String contextPath, Shutdown shutdown) {
    this.port = port;
    this.contextPath = contextPath;
    this.shutdown = shutdown;
  }

  HttpResponse<String> get(String path, String... headers) throws Exception {
    return send("GET", path, headers);
  }

  /** The application's URL, without a trailing slash. */
  String url() {
    return "http://127.0.0.1:" + port + contextPath;
  }

  HttpResponse<String> send(String method, String path, String... headers) throws Exception {
    URI uri = URI.create(url() + path);
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri)
            .timeout(TIMEOUT)
            .method(method, HttpRequest.BodyPublishers.noBody());
    if (headers.length > 0) {
      request.headers(headers);
    }
    return CLIENT.send(request.build(), BodyHandlers.ofString());
  }

  /** Sends a request target unchanged, including bytes that client libraries reject. */
  String raw(String method, String target, String... headerLines) throws IOException {
    return rawFrom(loopback(1), method, target, headerLines);
  }

  /** Sends a request like {@link #raw}, from another address of this host. */
  String rawFrom(InetAddress address, String method, String target, String... headerLines)
      throws IOException {
    return rawWhole(address, method, contextPath + target, headerLines);
  }

  /** Sends a request like {@link #raw}, for a target that includes the context path. */
  String rawWhole(String method, String target) throws IOException {
    return rawWhole(loopback(1), method, target);
  }

  private String rawWhole(InetAddress address, String method, String target, String... headerLines)
      throws IOException {
    try (Socket socket = new Socket()) {
      socket.bind(new InetSocketAddress(address, 0));
      socket.setSoTimeout(Math.toIntExact(TIMEOUT.toMillis()));
      socket.connect(new InetSocketAddress(loopback(1), port));
      String head =
          method
              + " "
              + target
              + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
              + String.join("", headerLines)
              + "\r\n";
      socket.getOutputStream().write(head.getBytes(StandardCharsets.ISO_8859_1));
      socket.getOutputStream().flush();
      ByteArrayOutputStream response = new ByteArrayOutputStream();
      socket.getInputStream().transferTo(response);
      return response.toString(StandardCharsets.ISO_8859_1);
    }
  }

  /** Returns the loopback address 127.0.0.n. */
  static InetAddress loopback(int n) throws IOException {
    return InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) n});
  }

  @Override
  public void close() {
    try {
      shutdown.stop();
    } catch (Exception e) {
      throw new IllegalStateException("The server did not stop", e);
    }
  }
}
