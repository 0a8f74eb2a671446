package io.traffik.tck.server;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Reads an HTTP/1.1 response (RFC 9112) from a connection that closes after it. */
final class ResponseParser {

  private static final String END_OF_HEAD = "\r\n\r\n";
  private static final String SWITCHING_PROTOCOLS = "HTTP/1.1 101 ";

  private ResponseParser() {}

  /**
   * Reads until the connection is closed, or until the head of a response with status 101, after
   * which the connection stays open.
   *
   * @return the bytes in ISO 8859-1
   */
  static String read(InputStream connection) throws IOException {
    ByteArrayOutputStream received = new ByteArrayOutputStream();
    byte[] part = new byte[1_024];
    for (int count; (count = connection.read(part)) >= 0; ) {
      received.write(part, 0, count);
      String text = received.toString(StandardCharsets.ISO_8859_1);
      if (text.startsWith(SWITCHING_PROTOCOLS) && text.contains(END_OF_HEAD)) {
        return text;
      }
    }
    return received.toString(StandardCharsets.ISO_8859_1);
  }

  /**
   * Parses a response.
   *
   * @param received the bytes in ISO 8859-1; empty if there was no response
   */
  static ReceivedResponse parse(String request, String received) {
    int end = received.indexOf(END_OF_HEAD);
    if (end < 0) {
      return ReceivedResponse.none(request, new EOFException("the connection was closed"));
    }
    String head = received.substring(0, end);
    Map<String, List<String>> fields = new TreeMap<>();
    head.lines()
        .skip(1)
        .forEach(
            line -> {
              String[] parts = line.split(":", 2);
              fields
                  .computeIfAbsent(parts[0].toLowerCase(Locale.ROOT), name -> new ArrayList<>())
                  .add(parts.length < 2 ? "" : parts[1].strip());
            });
    String content = received.substring(end + END_OF_HEAD.length());
    boolean chunked = fields.getOrDefault("transfer-encoding", List.of()).contains("chunked");
    int status = Integer.parseInt(head.split(" ", 3)[1]);
    return new ReceivedResponse(
        request, status, head, fields, chunked ? dechunked(content) : content);
  }

  private static String dechunked(String content) {
    StringBuilder body = new StringBuilder();
    int at = 0;
    while (true) {
      int line = content.indexOf("\r\n", at);
      if (line < 0) {
        return body.toString();
      }
      int size = Integer.parseInt(content.substring(at, line).split(";", 2)[0].strip(), 16);
      if (size == 0) {
        return body.toString();
      }
      body.append(content, line + 2, line + 2 + size);
      at = line + 2 + size + 2;
    }
  }
}
