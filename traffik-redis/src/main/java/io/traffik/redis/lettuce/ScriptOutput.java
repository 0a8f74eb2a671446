package io.traffik.redis.lettuce;

import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.CommandOutput;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Parses the script's answer, an integer or a string. Lettuce's own outputs accept only one of
 * them.
 */
final class ScriptOutput extends CommandOutput<String, String, @Nullable Object> {

  ScriptOutput() {
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
