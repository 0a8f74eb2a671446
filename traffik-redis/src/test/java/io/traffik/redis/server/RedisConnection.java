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
 * A minimal Redis connection (RESP 2), so that tests can inspect servers without the clients under
 * test. Times out after five seconds without an answer. Not thread-safe.
 */
public final class RedisConnection implements AutoCloseable {

  private static final int TIMEOUT_MILLIS = 5_000;

  private final Socket socket = new Socket();
  private final DataInputStream answers;

  private RedisConnection(String host, int port) throws IOException {
    try {
      socket.connect(new InetSocketAddress(host, port), TIMEOUT_MILLIS);
      socket.setSoTimeout(TIMEOUT_MILLIS);
      socket.setTcpNoDelay(true);
      answers = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  /** Connects to a port on this machine. */
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
      connection.execute(
          login[0].isEmpty()
              ? new String[] {"AUTH", login[1]}
              : new String[] {"AUTH", login[0], login[1]});
    }
    if (uri.getPath() != null && uri.getPath().length() > 1) {
      connection.execute("SELECT", uri.getPath().substring(1));
    }
    return connection;
  }

  /**
   * Sends a command and waits for the answer.
   *
   * @return a {@code String}, a {@code Long}, a {@code List} of these, or null
   * @throws RedisErrorException if the server answers with an error
   * @throws UncheckedIOException if the server does not answer
   */
  public Object execute(String... words) {
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
   * Waits for the next message that the server sends, for example after {@code MONITOR}.
   *
   * @throws UncheckedIOException if the server sends none
   */
  public String next() {
    try {
      return String.valueOf(read());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Executes a command; the answer as text, also a number. */
  public String text(String... words) {
    return String.valueOf(execute(words));
  }

  /** Executes a command whose answer is a list; its elements as text. */
  public List<String> list(String... words) {
    return ((List<?>) execute(words)).stream().map(String::valueOf).toList();
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
      default -> throw new IOException("not a RESP 2 answer: " + (char) kind + line);
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
