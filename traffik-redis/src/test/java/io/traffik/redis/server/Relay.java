package io.traffik.redis.server;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Passes on what is said between clients and a server of this machine, until its connections are
 * silenced, as by a host that has lost its power: they stay open, and nothing comes through.
 */
public final class Relay implements AutoCloseable {

  private final int server;
  private final ServerSocket entrance;
  private final Queue<Socket> sockets = new ConcurrentLinkedQueue<>();
  private final AtomicInteger silences = new AtomicInteger();

  private Relay(int server) throws IOException {
    this.server = server;
    this.entrance = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  }

  /** A relay to the server at a port of the loopback, which takes connections from now on. */
  public static Relay to(int server) {
    try {
      Relay relay = new Relay(server);
      relay.start(relay::accept);
      return relay;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The port of 127.0.0.1 to ask in place of the server's. */
  public int port() {
    return entrance.getLocalPort();
  }

  /** Silences the connections that stand; those that follow are passed on. */
  public void silence() {
    silences.incrementAndGet();
  }

  private void accept() throws IOException {
    while (true) {
      Socket client = entrance.accept();
      Socket behind = new Socket(InetAddress.getLoopbackAddress(), server);
      sockets.add(client);
      sockets.add(behind);
      int before = silences.get();
      start(() -> passOn(client, behind, before));
      start(() -> passOn(behind, client, before));
    }
  }

  private void passOn(Socket from, Socket to, int before) throws IOException {
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      byte[] bytes = new byte[1 << 13];
      for (int read = in.read(bytes); read >= 0; read = in.read(bytes)) {
        if (silences.get() == before) {
          out.write(bytes, 0, read);
        }
      }
    }
  }

  private interface Task {
    void run() throws IOException;
  }

  private void start(Task task) {
    Thread thread =
        new Thread(
            () -> {
              try {
                task.run();
              } catch (IOException e) {
                // One of the ends is closed.
              }
            },
            "relay-" + port());
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() {
    try {
      entrance.close();
      for (Socket socket : sockets) {
        socket.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
