package io.traffik.attack.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class StatusScannerTest {

  private static final String FRAMES =
      "ok{\"status\":\"error\",\"status_code\":429,\"detail\":\"a\"}"
          + "{\"status\":\"error\",\"status_code\":503}";

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7, 64, 1_000})
  void findsStatusesInPiecesOfAnyLength(int length) {
    StatusScanner scanner = new StatusScanner(StatusScanner.ERROR_FRAME);
    StatusCounts counts = new StatusCounts();
    byte[] bytes = FRAMES.getBytes(StandardCharsets.US_ASCII);
    for (int start = 0; start < bytes.length; start += length) {
      scanner.scan(ByteBuffer.wrap(bytes, start, Math.min(length, bytes.length - start)), counts);
    }
    assertThat(counts.total()).isEqualTo(2);
    assertThat(counts.of(StatusCounts.DENIED)).isEqualTo(1);
    assertThat(counts.of(StatusCounts.OVERLOADED)).isEqualTo(1);
  }
}
