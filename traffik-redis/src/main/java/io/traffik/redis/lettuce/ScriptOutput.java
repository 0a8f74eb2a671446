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

  private final AnsweringThreads threads;

  /**
   * @param threads receives the thread that reads the answer
   */
  ScriptOutput(AnsweringThreads threads) {
    super(StringCodec.ASCII, null);
    this.threads = threads;
  }

  @Override
  public void set(long integer) {
    threads.addCurrent();
    output = integer;
  }

  @Override
  public void set(ByteBuffer bytes) {
    threads.addCurrent();
    output = codec.decodeValue(bytes);
  }

  @Override
  public void setError(ByteBuffer error) {
    threads.addCurrent();
    super.setError(error);
  }
}
