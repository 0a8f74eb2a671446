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

/** A web application that runs, and a client of it. */
final class Site implements AutoCloseable {

  interface Stopping {
    void stop() throws Exception;
  }

  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final HttpClient CLIENT =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(PATIENCE).build();

  private final int port;
  private final String contextPath;
  private final Stopping stopping;

  Site(int port, String contextPath, Stopping stopping) {
    this.port = port;
    this.contextPath = contextPath;
    this.stopping = stopping;
  }

  HttpResponse<String> get(String path, String... headers) throws Exception {
    return send("GET", path, headers);
  }

  /** Where the application is, without a slash at the end. */
  String url() {
    return "http://127.0.0.1:" + port + contextPath;
  }

  HttpResponse<String> send(String method, String path, String... headers) throws Exception {
    URI uri = URI.create(url() + path);
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri)
            .timeout(PATIENCE)
            .method(method, HttpRequest.BodyPublishers.noBody());
    if (headers.length > 0) {
      request.headers(headers);
    }
    return CLIENT.send(request.build(), BodyHandlers.ofString());
  }

  /** Sends a request target as it is, with bytes that no client library would. */
  String raw(String method, String target, String... headerLines) throws IOException {
    return rawFrom(loopback(1), method, target, headerLines);
  }

  /** As {@link #raw}, from another address of this host. */
  String rawFrom(InetAddress address, String method, String target, String... headerLines)
      throws IOException {
    return rawWhole(address, method, contextPath + target, headerLines);
  }

  /** As {@link #raw}, with the context path in the spelling of the caller. */
  String rawWhole(String method, String target) throws IOException {
    return rawWhole(loopback(1), method, target);
  }

  private String rawWhole(InetAddress address, String method, String target, String... headerLines)
      throws IOException {
    try (Socket socket = new Socket()) {
      socket.bind(new InetSocketAddress(address, 0));
      socket.setSoTimeout(Math.toIntExact(PATIENCE.toMillis()));
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
      ByteArrayOutputStream answer = new ByteArrayOutputStream();
      socket.getInputStream().transferTo(answer);
      return answer.toString(StandardCharsets.ISO_8859_1);
    }
  }

  /** The address 127.0.0.n; all of them are this host. */
  static InetAddress loopback(int n) throws IOException {
    return InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) n});
  }

  @Override
  public void close() {
    try {
      stopping.stop();
    } catch (Exception e) {
      throw new IllegalStateException("the server did not stop", e);
    }
  }
}
