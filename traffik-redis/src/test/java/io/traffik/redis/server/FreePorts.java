package io.traffik.redis.server;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports for servers, below those that systems give to outgoing connections, so that a server that
 * was killed finds its port free again. A node of a cluster also needs the port 10,000 above.
 */
final class FreePorts {

  private static final int LOWEST = 10_500;
  private static final int HIGHEST = 20_500;
  private static final int BUS_OFFSET = 10_000;

  private FreePorts() {}

  static int next() {
    while (true) {
      int port = ThreadLocalRandom.current().nextInt(LOWEST, HIGHEST);
      if (isFree(port) && isFree(port + BUS_OFFSET)) {
        return port;
      }
    }
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
