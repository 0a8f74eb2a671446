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

/** A server under test, and clients of it. Safe for any number of threads. */
public final class TestServer {

  /** How long a server may take before a request counts as lost; no rule says how fast to be. */
  private static final Duration TIMEOUT = Duration.ofSeconds(20);

  private static final HttpClient CLIENT =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(TIMEOUT).build();

  private final RunningServer server;

  public TestServer(RunningServer server) {
    this.server = server;
  }

  /** A request by a client library, which keeps connections open. */
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
   * A request as it is written here, with bytes that no client library would send, on a connection
   * of its own.
   *
   * @param headers whole lines, {@code X-Client: a}
   */
  public ReceivedResponse raw(String method, String target, String... headers) throws IOException {
    return rawFrom(null, method, target, headers);
  }

  /** As {@link #raw}, from another address of this machine, which must be one that has it. */
  public ReceivedResponse rawFromLoopback(int last, String method, String target, String... headers)
      throws IOException {
    InetAddress address = InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) last});
    Assumptions.assumeTrue(
        hasLoopback(address), () -> "this machine must be able to send from " + address);
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
    head.append(uri.getRawPath()).append(target).append(" HTTP/1.1\r\n");
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

  public void close() throws Exception {
    server.closing().close();
  }
}
