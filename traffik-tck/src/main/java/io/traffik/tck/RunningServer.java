package io.traffik.tck;

import io.traffik.tck.http.AdapterContract;
import java.net.URI;

/**
 * A server that an adapter's author started for one test of {@link AdapterContract}.
 *
 * @param uri where it answers over HTTP/1.1 in clear text: host, port, and context path if it has
 *     one, without a slash at the end
 * @param closing stops it; called once, when the test is over
 */
public record RunningServer(URI uri, AutoCloseable closing) {

  /**
   * A server on the loopback interface, without a context path.
   *
   * @param port the port that it listens on
   * @param closing stops it
   * @return the server
   */
  public static RunningServer onPort(int port, AutoCloseable closing) {
    return new RunningServer(URI.create("http://127.0.0.1:" + port), closing);
  }
}
