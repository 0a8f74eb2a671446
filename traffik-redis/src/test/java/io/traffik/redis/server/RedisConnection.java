package io.traffik.redis.server;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A connection that speaks Redis's protocol (RESP 2) itself, for what tests ask of servers beside
 * the clients under test. For one thread; gives up after five seconds without an answer.
 */
public final class RedisConnection implements AutoCloseable {

  private static final int PATIENCE_MILLIS = 5_000;

  private final Socket socket = new Socket();
  private final DataInputStream answers;

  private RedisConnection(String host, int port) throws IOException {
    try {
      socket.connect(new InetSocketAddress(host, port), PATIENCE_MILLIS);
      socket.setSoTimeout(PATIENCE_MILLIS);
      socket.setTcpNoDelay(true);
      answers = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  /** Connects to a port of this machine. */
  public static RedisConnection to(int port) {
    return to(URI.create("redis://127.0.0.1:" + port));
  }

  /** Connects to {@code redis://[user:password@]host:port[/database]}. */
  public static RedisConnection to(URI uri) {
    RedisConnection connection;
    try {
      connection = new RedisConnection(uri.getHost(), uri.getPort() < 0 ? 6379 : uri.getPort());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (uri.getUserInfo() != null) {
      String[] login = uri.getUserInfo().split(":", 2);
      connection.ask(
          login[0].isEmpty()
              ? new String[] {"AUTH", login[1]}
              : new String[] {"AUTH", login[0], login[1]});
    }
    if (uri.getPath() != null && uri.getPath().length() > 1) {
      connection.ask("SELECT", uri.getPath().substring(1));
    }
    return connection;
  }

  /**
   * Sends a command and awaits the answer.
   *
   * @return a {@code String}, a {@code Long}, a {@code List} of these, or null
   * @throws RedisErrorException if the server answers with an error
   * @throws UncheckedIOException if it does not answer
   */
  public Object ask(String... words) {
    try {
      ByteArrayOutputStream command = new ByteArrayOutputStream();
      command.writeBytes(utf8("*" + words.length + "\r\n"));
      for (String word : words) {
        byte[] bytes = utf8(word);
        command.writeBytes(utf8("$" + bytes.length + "\r\n"));
        command.writeBytes(bytes);
        command.writeBytes(utf8("\r\n"));
      }
      socket.getOutputStream().write(command.toByteArray());
      Object answer = read();
      if (answer instanceof RedisErrorException error) {
        throw error;
      }
      return answer;
    } catch (IOException e) {
      throw new UncheckedIOException(String.join(" ", words) + ": " + e.getMessage(), e);
    }
  }

  /**
   * Awaits what the server says next without having been asked again, after {@code MONITOR}, say.
   *
   * @throws UncheckedIOException if it says nothing
   */
  public String next() {
    try {
      return String.valueOf(read());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** As {@link #ask}, of an answer that is not a list: as text, a number too. */
  public String text(String... words) {
    return String.valueOf(ask(words));
  }

  /** As {@link #ask}, of an answer that is a list: its elements as text. */
  public List<String> list(String... words) {
    return ((List<?>) ask(words)).stream().map(String::valueOf).toList();
  }

  private Object read() throws IOException {
    int kind = answers.readUnsignedByte();
    String line = line();
    return switch (kind) {
      case '+' -> line;
      case '-' -> new RedisErrorException(line);
      case ':' -> Long.valueOf(line);
      case '$' -> bulk(Integer.parseInt(line));
      case '*' -> array(Integer.parseInt(line));
      default -> throw new IOException("no answer of Redis begins so: " + (char) kind + line);
    };
  }

  private String line() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int next = answers.read(); next != '\r'; next = answers.read()) {
      if (next < 0) {
        throw new EOFException("the server closed the connection");
      }
      line.write(next);
    }
    answers.readByte();
    return line.toString(StandardCharsets.UTF_8);
  }

  private String bulk(int length) throws IOException {
    if (length < 0) {
      return null;
    }
    byte[] bytes = new byte[length];
    answers.readFully(bytes);
    answers.readShort();
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private List<Object> array(int length) throws IOException {
    if (length < 0) {
      return null;
    }
    List<Object> elements = new ArrayList<>();
    for (int i = 0; i < length; i++) {
      elements.add(read());
    }
    return elements;
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
