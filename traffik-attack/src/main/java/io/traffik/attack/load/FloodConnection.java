package io.traffik.attack.load;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;

/** A connection of an attacker that never blocks. It sends one message again and again. */
final class FloodConnection {

  private final InetSocketAddress server;
  private final InetAddress from;
  private final StatusScanner scanner;
  private final byte[] opening;
  private SocketChannel channel;
  private ByteBuffer current = ByteBuffer.allocate(0);
  private long queued;

  /**
   * @param opening sent first, for example the handshake of a WebSocket; may be empty
   */
  FloodConnection(InetSocketAddress server, InetAddress from, byte[] opening, String statusPrefix)
      throws IOException {
    this.server = server;
    this.from = from;
    this.opening = opening;
    this.scanner = new StatusScanner(statusPrefix);
    this.channel = open();
  }

  private SocketChannel open() throws IOException {
    SocketChannel opened = SocketChannel.open();
    opened.bind(new InetSocketAddress(from, 0));
    opened.socket().setSoTimeout(BlockingClient.TIMEOUT_MILLIS);
    opened.connect(server);
    if (opening.length > 0) {
      opened.write(ByteBuffer.wrap(opening));
      AnswerReader.requireOpened(opened.socket().getInputStream());
    }
    opened.configureBlocking(false);
    return opened;
  }

  void register(Selector selector) throws IOException {
    channel.register(selector, SelectionKey.OP_READ, this);
  }

  /** Connects again after the server has closed the connection. */
  void reopen(Selector selector) throws IOException {
    close();
    channel = open();
    register(selector);
  }

  /** Queues messages up to a bound of unsent ones, and returns how many. */
  long queue(long messages, long bound) {
    long accepted = Math.min(messages, Math.max(0, bound - queued));
    queued += accepted;
    return accepted;
  }

  boolean isOpen() {
    return channel.isOpen();
  }

  boolean hasUnsent() {
    return queued > 0 || current.hasRemaining();
  }

  /** Writes as much as the server accepts, and returns the number of messages begun. */
  long flush(RepeatedMessage message) throws IOException {
    long begun = 0;
    while (channel.isOpen() && hasUnsent()) {
      if (!current.hasRemaining()) {
        int batch = (int) Math.min(queued, message.maxCopies());
        current = message.copies(batch);
        queued -= batch;
        begun += batch;
      }
      if (channel.write(current) == 0) {
        break;
      }
    }
    return begun;
  }

  /** Reads what has arrived; false if the server has closed the connection. */
  boolean read(ByteBuffer buffer, StatusCounts counts) throws IOException {
    int length = channel.read(buffer.clear());
    if (length < 0) {
      return false;
    }
    scanner.scan(buffer.flip(), counts);
    return true;
  }

  void close() throws IOException {
    queued = 0;
    current = ByteBuffer.allocate(0);
    channel.close();
  }
}
