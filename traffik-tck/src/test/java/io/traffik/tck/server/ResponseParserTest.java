package io.traffik.tck.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Responses are parsed by RFC 9112. */
final class ResponseParserTest {

  @Test
  void h1_fieldNamesIgnoreCase() {
    ReceivedResponse response =
        ResponseParser.parse(
            "GET /", "HTTP/1.1 429 Too Many\r\nA: 1\r\nb:2 \r\na: 3:4\r\n\r\nbody");
    assertThat(response.status()).isEqualTo(429);
    assertThat(response.lines("a")).containsExactly("1", "3:4");
    assertThat(response.lines("B")).containsExactly("2");
    assertThat(response.body()).isEqualTo("body");
    assertThat(response)
        .hasToString("GET / had the response: HTTP/1.1 429 Too Many | A: 1 | b:2 | a: 3:4 | body");
  }

  @Test
  void h1_chunksAreJoined() {
    String head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    assertThat(
            ResponseParser.parse("GET /", head + "4;x=1\r\nab\r\n\r\nA\r\n0123456789\r\n0\r\n\r\n"))
        .extracting(ReceivedResponse::body)
        .isEqualTo("ab\r\n0123456789");
    assertThat(ResponseParser.parse("GET /", head + "0\r\n\r\n").body()).isEmpty();
  }

  @Test
  void h1_theResponseEndsWithItsConnection() throws Exception {
    String response = "HTTP/1.1 429 Too Many\r\n\r\n" + "body".repeat(1_000);
    assertThat(ResponseParser.read(stream(response))).isEqualTo(response);
    assertThat(ResponseParser.read(stream(""))).isEmpty();
  }

  @Test
  void w1_aProtocolSwitchEndsWithItsHead() throws Exception {
    String head = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n";
    InputStream goesOn = new SequenceInputStream(stream(head), stream("frames"));
    assertThat(ResponseParser.read(goesOn)).isEqualTo(head);
  }

  private static InputStream stream(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  @Test
  void h1_aClosedConnectionHasStatusZero() {
    ReceivedResponse none = ResponseParser.parse("GET /", "");
    assertThat(none.status()).isZero();
    assertThat(none)
        .hasToString("GET / had no response: java.io.EOFException: the connection was closed");
  }
}
