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
 * A TCP proxy in front of a server on this machine. It can drop all traffic of its connections and
 * keep them open, as after a power failure of the host. It can close them, as after a time without
 * traffic, and accept only a number of them.
 */
public final class TcpProxy implements AutoCloseable {

  private volatile int serverPort;
  private final ServerSocket acceptor;
  private final Queue<Socket> sockets = new ConcurrentLinkedQueue<>();
  private final AtomicInteger drops = new AtomicInteger();
  private volatile int maxConnections = Integer.MAX_VALUE;

  private TcpProxy(int serverPort) throws IOException {
    this.serverPort = serverPort;
    this.acceptor = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  }

  /** Starts a proxy of the server at a port of the loopback interface. */
  public static TcpProxy to(int serverPort) {
    try {
      TcpProxy proxy = new TcpProxy(serverPort);
      proxy.start(proxy::accept);
      return proxy;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The proxy's own port on 127.0.0.1. */
  public int port() {
    return acceptor.getLocalPort();
  }

  /** Drops the traffic of the open connections; later connections work. */
  public void dropTraffic() {
    drops.incrementAndGet();
  }

  /** Closes the open connections; later connections work. */
  public void closeConnections() {
    try {
      for (Socket socket : sockets) {
        socket.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Closes each connection at once while so many others are open. */
  public void acceptAtMost(int connections) {
    maxConnections = connections;
  }

  /** The number of open connections. */
  public int openConnections() {
    sockets.removeIf(Socket::isClosed);
    return (sockets.size() + 1) / 2;
  }

  /** Leads later connections to another server, as a changed DNS entry does. */
  public void redirect(int serverPort) {
    this.serverPort = serverPort;
  }

  private void accept() throws IOException {
    while (true) {
      Socket client = acceptor.accept();
      if (openConnections() >= maxConnections) {
        client.close();
        continue;
      }
      Socket upstream = new Socket(InetAddress.getLoopbackAddress(), serverPort);
      sockets.add(client);
      sockets.add(upstream);
      int dropsBefore = drops.get();
      start(() -> forward(client, upstream, dropsBefore));
      start(() -> forward(upstream, client, dropsBefore));
    }
  }

  private void forward(Socket from, Socket to, int dropsBefore) throws IOException {
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      byte[] bytes = new byte[1 << 13];
      for (int read = in.read(bytes); read >= 0; read = in.read(bytes)) {
        if (drops.get() == dropsBefore) {
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
                // One end of the connection is closed.
              }
            },
            "tcp-proxy-" + port());
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() {
    try {
      acceptor.close();
      closeConnections();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
