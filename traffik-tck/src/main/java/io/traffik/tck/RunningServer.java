package io.traffik.tck;

import java.net.URI;

/**
 * A server that was started for one test of an adapter.
 *
 * @param uri the address for HTTP/1.1 in clear text: host, port and context path, without a slash
 *     at the end
 * @param closing stops the server; called once, after the test
 */
public record RunningServer(URI uri, AutoCloseable closing) {

  /**
   * Returns a server on the loopback interface, without a context path.
   *
   * @param port the server's port
   * @param closing stops the server
   * @return the server
   */
  public static RunningServer onPort(int port, AutoCloseable closing) {
    return new RunningServer(URI.create("http://127.0.0.1:" + port), closing);
  }
}
