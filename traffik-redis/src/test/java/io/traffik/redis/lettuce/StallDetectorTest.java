package io.traffik.redis.lettuce;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The time until a silent connection is closed, with a manual clock and no allowed silence. */
final class StallDetectorTest {

  private static final long GRACE_MILLIS = 250;

  private final EmbeddedChannel channel = new EmbeddedChannel(new StallDetector(Duration.ZERO));

  @BeforeEach
  void freezeTheClock() {
    channel.freezeTime();
  }

  @AfterEach
  void close() {
    channel.finishAndReleaseAll();
  }

  /** The event loop was delayed and runs the check before it reads the answer. */
  @Test
  void s4_aConnectionWithAnUnreadAnswerStaysOpen() {
    for (int call = 0; call < 3; call++) {
      channel.writeOutbound("command");
      assertThat(channel.isOpen()).as("open with an unread answer").isTrue();
      channel.writeInbound("answer");
      advanceBy(GRACE_MILLIS);
      assertThat(channel.isOpen()).as("open after the answer").isTrue();
    }
  }

  @Test
  void s4_aSilentConnectionIsClosedAfterTheGracePeriod() {
    channel.writeOutbound("command");
    advanceBy(GRACE_MILLIS - 1);
    assertThat(channel.isOpen()).as("open in the grace period").isTrue();
    advanceBy(1);
    assertThat(channel.isOpen()).as("open without an answer").isFalse();
  }

  private void advanceBy(long millis) {
    channel.advanceTimeBy(millis, TimeUnit.MILLISECONDS);
    channel.runScheduledPendingTasks();
  }
}
