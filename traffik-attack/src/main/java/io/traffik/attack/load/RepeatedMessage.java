package io.traffik.attack.load;

import java.nio.ByteBuffer;

/** Copies of one message in a buffer, so that one write sends many. */
final class RepeatedMessage {

  private static final int BUFFER_BYTES = 4_096;

  private final ByteBuffer copies;
  private final int length;

  RepeatedMessage(byte[] message) {
    int count = Math.max(1, BUFFER_BYTES / message.length);
    this.length = message.length;
    this.copies = ByteBuffer.allocateDirect(count * length);
    for (int i = 0; i < count; i++) {
      copies.put(message);
    }
  }

  int maxCopies() {
    return copies.capacity() / length;
  }

  ByteBuffer copies(int count) {
    return copies.duplicate().clear().limit(count * length);
  }
}
