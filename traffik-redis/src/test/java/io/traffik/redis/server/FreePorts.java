package io.traffik.redis.server;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Free ports for servers. They are below the range of outgoing connections, so that a killed server
 * finds its port free again. A node of a cluster also needs the port that is 10,000 higher.
 */
public final class FreePorts {

  private static final int MIN_PORT = 10_500;
  private static final int MAX_PORT = 20_500;
  private static final int BUS_OFFSET = 10_000;

  private FreePorts() {}

  /** A port that is free now. */
  public static int next() {
    while (true) {
      int port = ThreadLocalRandom.current().nextInt(MIN_PORT, MAX_PORT);
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
