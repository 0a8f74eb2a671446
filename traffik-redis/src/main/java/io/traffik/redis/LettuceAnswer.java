package io.traffik.redis;

import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.CommandOutput;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What the script answers, which may be an integer or a string. Lettuce's own outputs for scripts
 * take one or the other, or a list.
 */
final class LettuceAnswer extends CommandOutput<String, String, @Nullable Object> {

  LettuceAnswer() {
    super(StringCodec.ASCII, null);
  }

  @Override
  public void set(long integer) {
    output = integer;
  }

  @Override
  public void set(ByteBuffer bytes) {
    output = codec.decodeValue(bytes);
  }
}
