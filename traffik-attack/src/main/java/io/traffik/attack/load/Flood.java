package io.traffik.attack.load;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The connections of one attacker. One thread writes and reads them all without blocking, so that
 * the load generator costs little. The thread has the lowest priority: an attacker would not use
 * the processors of the server. Not thread-safe; each method returns when its work is done.
 */
public final class Flood implements AutoCloseable {

  private static final int READ_BUFFER_BYTES = 64 * 1_024;
  private static final long TICK_MILLIS = 10;
  private static final long QUIET_NANOS = TimeUnit.MILLISECONDS.toNanos(300);

  /** The messages of a paced connection that wait while the server does not read. */
  private static final long MAX_UNSENT = 1_024;

  private final List<FloodConnection> connections = new ArrayList<>();
  private final Selector selector = Selector.open();
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(READ_BUFFER_BYTES);
  private final StatusCounts statuses = new StatusCounts();
  private final RepeatedMessage message;
  private long sent;
  private long closedByServer;

  private Flood(
      InetSocketAddress server,
      List<InetAddress> from,
      byte[] opening,
      String statusPrefix,
      byte[] message)
      throws IOException {
    this.message = new RepeatedMessage(message);
    for (InetAddress address : from) {
      FloodConnection connection = new FloodConnection(server, address, opening, statusPrefix);
      connection.register(selector);
      this.connections.add(connection);
    }
  }

  /** Opens WebSockets that send one frame again and again. */
  public static Flood ofFrames(
      InetSocketAddress server, String path, InetAddress from, int connections, byte[] frame)
      throws IOException {
    return ofFrames(server, path, Collections.nCopies(connections, from), frame);
  }

  /** Opens WebSockets from several addresses that send one frame again and again. */
  public static Flood ofFrames(
      InetSocketAddress server, String path, List<InetAddress> from, byte[] frame)
      throws IOException {
    return new Flood(server, from, ClientBytes.handshake(path), StatusScanner.ERROR_FRAME, frame);
  }

  /** Opens connections that send one request again and again. */
  public static Flood ofRequests(
      InetSocketAddress server, InetAddress from, int connections, byte[] request)
      throws IOException {
    return ofRequests(server, Collections.nCopies(connections, from), request);
  }

  /** Opens connections from several addresses that send one request again and again. */
  public static Flood ofRequests(InetSocketAddress server, List<InetAddress> from, byte[] request)
      throws IOException {
    return new Flood(server, from, new byte[0], StatusScanner.RESPONSE, request);
  }

  /**
   * Sends messages at a rate, over all connections in turn, whatever the server answers.
   *
   * @param interval the time between two bursts, which are as large as the rate needs
   */
  public Flood paced(double perSecond, Duration interval, Duration duration) throws IOException {
    return LowPriority.run(() -> sendPaced(perSecond, interval, duration));
  }

  private Flood sendPaced(double perSecond, Duration interval, Duration duration)
      throws IOException {
    long start = System.nanoTime();
    long queued = 0;
    int next = 0;
    while (System.nanoTime() - start < duration.toNanos()) {
      long bursts = 1 + (System.nanoTime() - start) / interval.toNanos();
      long due = (long) (bursts * interval.toNanos() * perSecond / 1e9);
      for (; queued < due; queued++) {
        connections.get(next).queue(1, MAX_UNSENT);
        next = (next + 1) % connections.size();
      }
      exchange(TICK_MILLIS);
    }
    return this;
  }

  /** Sends a number of messages on each connection as fast as the server reads them. */
  public Flood burst(long perConnection, Duration limit) throws IOException {
    return LowPriority.run(() -> sendBurst(perConnection, limit));
  }

  private Flood sendBurst(long perConnection, Duration limit) throws IOException {
    long start = System.nanoTime();
    connections.forEach(connection -> connection.queue(perConnection, perConnection));
    while (connections.stream().anyMatch(FloodConnection::hasUnsent)
        && System.nanoTime() - start < limit.toNanos()) {
      exchange(TICK_MILLIS);
    }
    return this;
  }

  /** Reads no more answers. */
  public Flood unread() {
    selector.keys().forEach(key -> key.interestOps(0));
    return this;
  }

  /** Sends the next message of a connection after each answer, until the total or the limit. */
  public Flood answered(long total, Duration limit) throws IOException {
    return LowPriority.run(() -> sendAnswered(total, limit));
  }

  private Flood sendAnswered(long total, Duration limit) throws IOException {
    long start = System.nanoTime();
    long toQueue = total;
    for (FloodConnection connection : connections) {
      toQueue -= connection.queue(Math.min(1, toQueue), 1);
    }
    while (statuses.total() < total && System.nanoTime() - start < limit.toNanos()) {
      for (FloodConnection answered : exchange(TICK_MILLIS)) {
        if (!answered.isOpen()) {
          answered.reopen(selector);
          // Its last message stays without an answer.
          toQueue++;
        }
        toQueue -= answered.queue(Math.min(1, toQueue), 1);
      }
    }
    return this;
  }

  /** Reads until the server has sent nothing for a while, or until the limit. */
  public Flood drain(Duration limit) throws IOException {
    return LowPriority.run(() -> readAll(limit));
  }

  private Flood readAll(Duration limit) throws IOException {
    long start = System.nanoTime();
    long last = start;
    while (System.nanoTime() - last < QUIET_NANOS && System.nanoTime() - start < limit.toNanos()) {
      if (!exchange(TICK_MILLIS).isEmpty()) {
        last = System.nanoTime();
      }
    }
    return this;
  }

  /** Writes and reads once, and returns the connections that received something or ended. */
  private List<FloodConnection> exchange(long waitMillis) throws IOException {
    for (FloodConnection connection : connections) {
      flush(connection);
    }
    selector.select(waitMillis);
    List<FloodConnection> received = new ArrayList<>();
    for (SelectionKey key : selector.selectedKeys()) {
      FloodConnection connection = (FloodConnection) key.attachment();
      if (!read(connection)) {
        closedByServer++;
        connection.close();
      }
      received.add(connection);
    }
    selector.selectedKeys().clear();
    return received;
  }

  private void flush(FloodConnection connection) throws IOException {
    try {
      sent += connection.flush(message);
    } catch (IOException e) {
      closedByServer++;
      connection.close();
    }
  }

  private boolean read(FloodConnection connection) {
    try {
      return connection.read(buffer, statuses);
    } catch (IOException e) {
      return false;
    }
  }

  /** The messages sent. */
  public long sent() {
    return sent;
  }

  /** The status codes received. */
  public StatusCounts statuses() {
    return statuses;
  }

  /** The connections that the server has closed. */
  public long closedByServer() {
    return closedByServer;
  }

  @Override
  public void close() throws IOException {
    for (FloodConnection connection : connections) {
      connection.close();
    }
    selector.close();
  }
}
