package io.traffik.tck.server;

import io.traffik.tck.RunningServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;

/** A server under test, with HTTP clients. Thread-safe. */
public final class TestServer {

  /** The time limit of a request, longer than any correct server needs. */
  private static final Duration TIMEOUT = Duration.ofSeconds(20);

  private static final HttpClient CLIENT =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(TIMEOUT).build();

  private final RunningServer server;

  public TestServer(RunningServer server) {
    this.server = server;
  }

  /** Sends a request by the JDK's client, which keeps connections open. */
  public ReceivedResponse get(String path, String... headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(server.uri() + path))
            .timeout(TIMEOUT)
            .method("GET", BodyPublishers.noBody());
    if (headers.length > 0) {
      request.headers(headers);
    }
    HttpResponse<String> response;
    try {
      response = CLIENT.send(request.build(), BodyHandlers.ofString());
    } catch (HttpTimeoutException e) {
      throw e;
    } catch (IOException e) {
      return ReceivedResponse.none("GET " + path, e);
    }
    StringBuilder head = new StringBuilder("HTTP/1.1 ").append(response.statusCode());
    Map<String, List<String>> fields = new TreeMap<>();
    response
        .headers()
        .map()
        .forEach(
            (name, values) -> {
              fields.put(name.toLowerCase(Locale.ROOT), values);
              values.forEach(value -> head.append('\n').append(name).append(": ").append(value));
            });
    return new ReceivedResponse(
        "GET " + path, response.statusCode(), head.toString(), fields, response.body());
  }

  /**
   * Sends a request without any encoding, on a new connection. Client libraries would reject some
   * of these requests.
   *
   * @param target a path, or an absolute URI with a path
   * @param headers whole lines, for example {@code X-Client: a}
   */
  public ReceivedResponse raw(String method, String target, String... headers) throws IOException {
    return rawFrom(null, method, target, headers);
  }

  /** Sends a request from the address 127.0.0.<i>last</i>; skips the test if that is not local. */
  public ReceivedResponse rawFromLoopback(int last, String method, String target, String... headers)
      throws IOException {
    InetAddress address = InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) last});
    Assumptions.assumeTrue(hasLoopback(address), () -> "This machine cannot send from " + address);
    return rawFrom(address, method, target, headers);
  }

  private static boolean hasLoopback(InetAddress address) throws IOException {
    try (Socket socket = new Socket()) {
      socket.bind(new InetSocketAddress(address, 0));
      return true;
    } catch (SocketException e) {
      return false;
    }
  }

  private ReceivedResponse rawFrom(
      @Nullable InetAddress from, String method, String target, String... headers)
      throws IOException {
    URI uri = server.uri();
    StringBuilder head = new StringBuilder(method).append(' ');
    head.append(withContextPath(uri.getRawPath(), target)).append(" HTTP/1.1\r\n");
    head.append("Host: localhost\r\nConnection: close\r\n");
    for (String header : headers) {
      head.append(header).append("\r\n");
    }
    head.append("\r\n");
    String request = method + " " + target;
    try (Socket socket = new Socket()) {
      if (from != null) {
        socket.bind(new InetSocketAddress(from, 0));
      }
      socket.setSoTimeout(Math.toIntExact(TIMEOUT.toMillis()));
      socket.connect(new InetSocketAddress(uri.getHost(), uri.getPort()));
      socket.getOutputStream().write(head.toString().getBytes(StandardCharsets.ISO_8859_1));
      socket.getOutputStream().flush();
      return ResponseParser.parse(request, ResponseParser.read(socket.getInputStream()));
    } catch (SocketTimeoutException e) {
      throw e;
    } catch (IOException e) {
      return ReceivedResponse.none(request, e);
    }
  }

  /** Inserts the context path before the path of a target, which may be an absolute URI. */
  private static String withContextPath(String contextPath, String target) {
    int authority = target.startsWith("http://") ? "http://".length() : 0;
    int path = authority == 0 ? 0 : target.indexOf('/', authority);
    return target.substring(0, path) + contextPath + target.substring(path);
  }

  public void close() throws Exception {
    server.closing().close();
  }
}
