package io.traffik.attack.load;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;

/** Connections that send something and are reset before the server answers. Not thread-safe. */
public final class AbortingClient {

  private final List<Socket> open = new ArrayList<>();

  /** Opens a connection and sends bytes. */
  public void send(InetSocketAddress server, InetAddress from, byte[] bytes) throws IOException {
    Socket socket = new Socket();
    open.add(socket);
    // Closing it discards what waits and sends a reset.
    socket.setSoLinger(true, 0);
    socket.bind(new InetSocketAddress(from, 0));
    socket.connect(server, BlockingClient.TIMEOUT_MILLIS);
    socket.getOutputStream().write(bytes);
  }

  /** Resets all connections. */
  public void abort() throws IOException {
    for (Socket socket : open) {
      socket.close();
    }
    open.clear();
  }
}
